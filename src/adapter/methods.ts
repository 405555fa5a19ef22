import type { Adapter, MethodName } from './adapter.ts';
import { bitfit } from './bitfit.ts';
import { full } from './full.ts';
import { grasp, stochgrasp } from './grasp.ts';
import { head } from './head.ts';
import { ia3 } from './ia3.ts';
import { lora } from './lora.ts';
import type { Method } from './method.ts';

/** All methods, by name. */
const METHODS_BY_NAME: Readonly<Record<MethodName, Method>> = {
  grasp,
  stochgrasp,
  lora,
  bitfit,
  ia3,
  head,
  full,
};

export function methodNamed(name: MethodName): Method {
  return METHODS_BY_NAME[name];
}

/** The layers that a draw stands in front of while an adapter is trained. */
export function drawnLayers({ method, options }: Adapter): readonly string[] {
  return methodNamed(method).learnsStd ? options.layers : Object.keys(options.targetStd ?? {});
}
