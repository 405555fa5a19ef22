// Numbers of two right-hand sides, one in each lane.

@inline
export function both(a: f64): v128 {
  return f64x2.splat(a);
}

@inline
export function times(a: v128, b: v128): v128 {
  return f64x2.mul(a, b);
}

@inline
export function plus(a: v128, b: v128): v128 {
  return f64x2.add(a, b);
}
