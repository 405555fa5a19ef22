import { type Program, productCounts } from '../compile/program.ts';

/** Products in place of one of the digital model, from which on it is said up front. */
const COSTLY_PRODUCTS = 8;

/**
 * Slices of inputs and weights are multiplied one by one, and each product is converted by itself: what that costs, in words; null
 * where it is little.
 */
export function sliceCost(arm: string, program: Pick<Program, 'layers' | 'options'>): string | null {
  const counts = program.layers.map((layer) => productCounts(program, layer));
  const products = ({ slices, inputSlices }: (typeof counts)[number]) => slices * inputSlices;
  const most = counts.reduce((most, own) => (products(own) > products(most) ? own : most));
  if (products(most) < COSTLY_PRODUCTS) return null;
  const { slices, inputSlices } = most;
  return `"${arm}" multiplies ${inputSlices} slices of its inputs by ${slices} of its weights one by one: ${products(most)} times the products of the digital model; --limit takes fewer examples`;
}
