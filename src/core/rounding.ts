/** The nearest integer; of two equally near, the even one. */
export function roundHalfToEven(x: number): number {
  const floor = Math.floor(x);
  const excess = x - floor;
  if (excess !== 0.5) return excess < 0.5 ? floor : floor + 1;
  return floor % 2 === 0 ? floor : floor + 1;
}
