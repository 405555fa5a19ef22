import type { OperatorCase } from './operator-case.ts';
import { ELEMENTWISE_CASES } from './operator-cases-elementwise.ts';
import { LAYOUT_CASES } from './operator-cases-layout.ts';
import { PRODUCT_CASES } from './operator-cases-product.ts';
import { TRANSFORMER_CASES } from './operator-cases-transformer.ts';

export type { OperatorCase } from './operator-case.ts';

/**
 * Small graphs that together use every operator in every way that our graphs do. Each engine must give what
 * interpret64 gives, and the gradients of those with `wrt` must be the central differences of their `loss`.
 */
export const operatorCases: readonly OperatorCase[] = [
  ...ELEMENTWISE_CASES,
  ...LAYOUT_CASES,
  ...PRODUCT_CASES,
  ...TRANSFORMER_CASES,
];
