import type { GradientRule } from './gradient-rule.ts';
import { ELEMENTWISE_GRADIENTS } from './gradient-rules-elementwise.ts';
import { LAYOUT_GRADIENTS } from './gradient-rules-layout.ts';
import { PRODUCT_GRADIENTS } from './gradient-rules-product.ts';

/** One rule for each operator that has a gradient. */
export const GRADIENT_RULES: Readonly<Record<string, GradientRule>> = {
  ...ELEMENTWISE_GRADIENTS,
  ...LAYOUT_GRADIENTS,
  ...PRODUCT_GRADIENTS,
};
