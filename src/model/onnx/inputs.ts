import { BadFileError } from '../../core/errors.ts';
import type { Attribute, DataType, Graph, Node, ValueInfo } from '../../graph/graph.ts';
import { int64 } from '../../graph/graph.ts';
import { DATA_TYPE } from '../../graph/onnx-fields.ts';

type Role = 'ids' | 'mask' | 'typeIds' | 'positions';

/** What exporters call each input. */
const NAMES: Readonly<Record<Role, readonly string[]>> = {
  ids: ['input_ids', 'ids', 'input', 'tokens', 'token_ids'],
  mask: ['attention_mask', 'input_mask', 'mask'],
  typeIds: ['token_type_ids', 'segment_ids', 'type_ids', 'typeIds'],
  positions: ['position_ids'],
};

/**
 * Names that our own code gives to values behind a model: a foreign graph's values of these names are renamed, so that
 * none meets its like.
 */
const OURS =
  /^(ids|mask|mask3|typeIds|positions|hidden|pooled|logits|labels|rowWeights|loss|length|padding|tokens|mean|first)(\.|$)|^(head|const|gradient|task|noise)\./;

/**
 * A foreign graph with our inputs in place of its own: `ids` and `typeIds` int64 and `mask` float32, each `[B, T]`.
 * Position ids, where it wants them, count from 0.
 * @throws BadFileError if an input has no such meaning, its sizes are fixed, or ids or mask is missing
 */
export function withOurInputs(foreign: Graph, where: string): Graph {
  const graph = renamed(foreign, (name) => (OURS.test(name) ? `onnx.${name}` : name));
  const roles = new Map<Role, ValueInfo>();
  for (const [index, input] of graph.inputs.entries()) {
    const role = roleOf(foreign.inputs[index]!, foreign.inputs, where);
    if (roles.has(role)) {
      throw new BadFileError(
        where,
        `it must have one input of ${role}, got "${roles.get(role)!.name}" and "${input.name}"; export the model again`,
      );
    }
    roles.set(role, input);
  }
  for (const [role, usual] of [
    ['ids', 'input_ids'],
    ['mask', 'attention_mask'],
  ] as const) {
    if (!roles.has(role)) {
      throw new BadFileError(
        where,
        `it must have an input ${usual}, got ${foreign.inputs.map(({ name }) => name).join(', ') || 'none'}; export the model with ${usual}`,
      );
    }
  }
  const front: Node[] = [];
  const initializers = new Map(graph.initializers);
  const add = (
    op: string,
    inputs: readonly string[],
    output: string,
    attributes: Node['attributes'] = {},
  ) => {
    front.push({ op, name: `inputs.${output}`, inputs, outputs: [output], attributes });
  };
  const to = (dtype: DataType): Record<string, Attribute> => ({
    to: { type: 'int', value: DATA_TYPE[dtype] },
  });
  for (const [role, { name, dtype }] of roles) {
    if (role !== 'positions') add('Cast', [role], name, to(dtype));
    else {
      initializers.set('positions.axis', int64([], [1])).set('positions.one', int64([1], [1]));
      add('Shape', ['ids'], 'positions.shape');
      const value = { type: 'tensor', value: int64([1], [1]) } as const;
      add('ConstantOfShape', ['positions.shape'], 'positions.ones', { value });
      add('CumSum', ['positions.ones', 'positions.axis'], 'positions.count');
      add('Sub', ['positions.count', 'positions.one'], 'positions.values');
      add('Cast', ['positions.values'], name, to(dtype));
    }
  }
  const inputs: ValueInfo[] = [
    { name: 'ids', dtype: 'int64', shape: ['B', 'T'] },
    { name: 'mask', dtype: 'float32', shape: ['B', 'T'] },
    ...(roles.has('typeIds') ? [{ name: 'typeIds', dtype: 'int64', shape: ['B', 'T'] } as const] : []),
  ];
  return { ...graph, inputs, initializers, nodes: [...front, ...graph.nodes] };
}

function roleOf(input: ValueInfo, all: readonly ValueInfo[], where: string): Role {
  const { name, dtype, shape } = input;
  const named = (Object.keys(NAMES) as Role[]).find((role) => NAMES[role].includes(name));
  const whole = ({ dtype, shape }: ValueInfo) => dtype.startsWith('int') && shape.length === 2;
  // A graph of one such input has no choice of what it reads.
  const role = named ?? (whole(input) && all.filter(whole).length === 1 ? 'ids' : undefined);
  if (role === undefined) {
    const known = Object.values(NAMES).map((names) => names[0]);
    throw new BadFileError(
      where,
      `its inputs must be among ${known.join(', ')}, got "${name}"; export the model without it`,
    );
  }
  if (shape.length !== 2 || shape.some((size) => typeof size === 'number')) {
    throw new BadFileError(
      where,
      `input "${name}" must have free sizes [batch, sequence], got [${shape.join(', ')}]; export the model with dynamic axes`,
    );
  }
  if (role !== 'mask' && !dtype.startsWith('int')) {
    throw new BadFileError(where, `input "${name}" must be of int64, got ${dtype}; export the model again`);
  }
  return role;
}

/** The graph with each value under another name. */
export function renamed(graph: Graph, change: (name: string) => string): Graph {
  const value = (info: ValueInfo): ValueInfo => ({ ...info, name: change(info.name) });
  const values = (names: readonly string[]) => names.map((name) => (name === '' ? '' : change(name)));
  return {
    ...graph,
    inputs: graph.inputs.map(value),
    outputs: graph.outputs.map(value),
    initializers: new Map([...graph.initializers].map(([name, tensor]) => [change(name), tensor])),
    nodes: graph.nodes.map((node) => ({
      ...node,
      inputs: values(node.inputs),
      outputs: values(node.outputs),
    })),
  };
}
