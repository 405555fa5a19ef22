// Entry of the small module behind ../normals.ts.

export { fillNormals } from './normals';

/** The first byte that the module does not use itself. */
export function firstFree(): usize {
  return __heap_base;
}
