/** Every tensor of PEFT's files lies under it: the wrapped model in the wrapper. */
export const PEFT_ROOT = 'base_model.model.';

/**
 * A layer's name for PEFT's module name. Checkpoints name layers with the encoder's prefix (`bert.`) or without, and so
 * do the classes that PEFT wraps: a name is also taken with or without its first part.
 */
export function layerOf(module: string, layers: ReadonlySet<string>): string | null {
  if (layers.has(module)) return module;
  const bare = withoutFirst(module);
  if (layers.has(bare)) return bare;
  const longer = [...layers].filter((layer) => withoutFirst(layer) === module);
  return longer.length === 1 ? longer[0]! : null;
}

function withoutFirst(name: string): string {
  return name.slice(name.indexOf('.') + 1);
}
