// An array as its terminals see it.

import { drivers, grounds, through } from './block';
import { makeBlock } from './dissection';
import { cells, columns, farDriver, rows } from './network';

/**
 * The effective conductances of the array set before, relative as its cells, `[rows, columns]`, in place of the cells; uses
 * what lies from `free` on. The two drivers of a row hold one voltage, so that what they conduct adds.
 */
export function reduce(free: usize): void {
  makeBlock(free, 0, rows, 0, columns);
  const stride = <usize>grounds(free) << 3;
  for (let i = 0; i < rows; i++) {
    const near = through(free) + <usize>i * stride;
    const far = near + <usize>rows * stride;
    const to = cells + ((<usize>i * <usize>columns) << 3);
    for (let j: usize = 0; j < <usize>columns << 3; j += 8) {
      store<f64>(to + j, farDriver > 0 ? load<f64>(near + j) + load<f64>(far + j) : load<f64>(near + j));
    }
  }
}
