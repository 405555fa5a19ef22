import type { Engine } from '../../src/runtime/engine.ts';
import { openEngine } from '../../src/runtime/open.ts';

/**
 * The tfjs-node engine, or the reason why it is absent. Where HOLDFAST_EXPECT_TFJS_NODE is set it must be there, so the
 * error is thrown.
 */
export async function tfjsNodeOrReason(): Promise<Engine | string> {
  try {
    return await openEngine('tfjs-node');
  } catch (error) {
    if (process.env.HOLDFAST_EXPECT_TFJS_NODE !== undefined) throw error;
    return (error as Error).message;
  }
}
