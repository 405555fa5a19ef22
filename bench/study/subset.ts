import { copyFile, mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { readText, writeFileAtomic } from '../../src/core/files.ts';
import { permutation } from '../../src/core/philox.ts';
import { stream } from '../../src/core/stream.ts';

/**
 * Takes a seeded subset of a task's training lines, and its dev lines as they are: `node build/bench/study/subset.js --data
 * DIR --lines 10000 --seed 1 --out DIR2`. The lines keep their order.
 */
const { values: options } = parseArgs({
  options: {
    data: { type: 'string' },
    lines: { type: 'string', default: '10000' },
    seed: { type: 'string', default: '1' },
    out: { type: 'string' },
  },
});
const { data, out } = options;
if (data === undefined || out === undefined) {
  console.error('subset: --data and --out must name folders; pass both');
  process.exit(2);
}
const [header, ...lines] = (await readText(join(data, 'train.tsv'))).trimEnd().split('\n');
const order = permutation(lines.length, stream(Number(options.seed), 'subset'));
const chosen = [...order.subarray(0, Number(options.lines))].sort((a, b) => a - b);
await mkdir(out, { recursive: true });
await writeFileAtomic(
  join(out, 'train.tsv'),
  `${[header, ...chosen.map((index) => lines[index]!)].join('\n')}\n`,
);
await copyFile(join(data, 'dev.tsv'), join(out, 'dev.tsv'));
console.log(`${chosen.length} of ${lines.length} training lines to ${out}`);
