/**
 * The graph inputs that hold a strip's effective weights, `[R, out]` in weight units: one a slice. A weight is the sum
 * of its slices and of the digital zero point, where the mapping has one.
 */
export function sliceInputs(layer: string, strip: number, slices: number): string[] {
  if (slices === 1) return [stripInput(layer, strip)];
  return Array.from({ length: slices }, (_, slice) => `${stripInput(layer, strip)}.${slice}`);
}

/** The graph input of a strip whose weights have one slice. */
export function stripInput(layer: string, strip: number): string {
  return `${layer}.weight.${strip}`;
}

/** The value that is a strip's product before its ADC. */
export function stripProduct(layer: string, strip: number): string {
  return `${layer}.product.${strip}`;
}

/**
 * The values that are a strip's products before their ADCs: one of each slice of the weights. Where a DAC cuts the inputs into several
 * slices the products with each of them are stacked on an axis in front, in units of the layer's output with the least significant one.
 */
export function sliceProducts(
  layer: string,
  strip: number,
  counts: { readonly slices: number; readonly inputSlices: number },
): string[] {
  if (counts.slices === 1 && counts.inputSlices === 1) return [stripProduct(layer, strip)];
  return Array.from({ length: counts.slices }, (_, slice) => `${stripProduct(layer, strip)}.${slice}`);
}
