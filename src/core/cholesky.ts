/** A square or rectangular matrix, row by row. */
export type Matrix = readonly (readonly number[])[];

/** The lower triangle L of A = L L^T, A symmetric; null where A is not positive definite. */
export function cholesky(a: Matrix): number[][] | null {
  const lower = a.map((row) => row.map(() => 0));
  for (let i = 0; i < a.length; i++) {
    for (let j = 0; j <= i; j++) {
      let sum = a[i]![j]!;
      for (let k = 0; k < j; k++) sum -= lower[i]![k]! * lower[j]![k]!;
      if (i === j && !(sum > 0 && Number.isFinite(sum))) return null;
      lower[i]![j] = i === j ? Math.sqrt(sum) : sum / lower[j]![j]!;
    }
  }
  return lower;
}

/** The solution y of L L^T y = b. */
export function choleskySolve(lower: Matrix, b: readonly number[]): number[] {
  const n = lower.length;
  const y = [...b];
  for (let i = 0; i < n; i++) {
    for (let k = 0; k < i; k++) y[i]! -= lower[i]![k]! * y[k]!;
    y[i]! /= lower[i]![i]!;
  }
  for (let i = n - 1; i >= 0; i--) {
    for (let k = i + 1; k < n; k++) y[i]! -= lower[k]![i]! * y[k]!;
    y[i]! /= lower[i]![i]!;
  }
  return y;
}

/** The inverse of a symmetric positive definite matrix; null where it is not one. */
export function inverse(a: Matrix): number[][] | null {
  const lower = cholesky(a);
  if (lower === null) return null;
  return a.map((_, i) =>
    choleskySolve(
      lower,
      a.map((__, j) => (i === j ? 1 : 0)),
    ),
  );
}

/** A B. */
export function product(a: Matrix, b: Matrix): number[][] {
  return a.map((row) => (b[0] ?? []).map((_, j) => row.reduce((sum, v, k) => sum + v * b[k]![j]!, 0)));
}

/** A^T. */
export function transposed(a: Matrix): number[][] {
  return (a[0] ?? []).map((_, j) => a.map((row) => row[j]!));
}
