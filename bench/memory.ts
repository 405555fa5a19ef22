/*
 * Peak memory of `holdfast predict` on a checkpoint of RoBERTa-large's shape with arbitrary weights:
 *
 *     npm run build && node build/bench/memory.js [blocks, default 24]
 *
 * Writes some 1.4 GB (46 blocks: 2.5 GB, more than one ONNX file can hold) to the folder for temporary files.
 */
import { spawnSync } from 'node:child_process';
import { closeSync, mkdtempSync, openSync, rmSync, writeFileSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { packageRoot } from '../src/core/paths.ts';

const [WIDTH, INNER, VOCABULARY, POSITIONS] = [1024, 4096, 50_265, 514];

function shapes(blocks: number): Map<string, readonly number[]> {
  const made = new Map<string, readonly number[]>();
  const norm = (name: string) => made.set(`${name}.weight`, [WIDTH]).set(`${name}.bias`, [WIDTH]);
  const linear = (name: string, rows: number, columns: number) =>
    made.set(`${name}.weight`, [columns, rows]).set(`${name}.bias`, [columns]);
  made.set('embeddings.word_embeddings.weight', [VOCABULARY, WIDTH]);
  made.set('embeddings.position_embeddings.weight', [POSITIONS, WIDTH]);
  made.set('embeddings.token_type_embeddings.weight', [1, WIDTH]);
  norm('embeddings.LayerNorm');
  for (let index = 0; index < blocks; index += 1) {
    const block = `encoder.layer.${index}`;
    for (const part of ['self.query', 'self.key', 'self.value', 'output.dense']) {
      linear(`${block}.attention.${part}`, WIDTH, WIDTH);
    }
    norm(`${block}.attention.output.LayerNorm`);
    linear(`${block}.intermediate.dense`, WIDTH, INNER);
    linear(`${block}.output.dense`, INNER, WIDTH);
    norm(`${block}.output.LayerNorm`);
  }
  return made;
}

/** Writes the checkpoint piece by piece; returns the bytes of its weights. */
function writeCheckpoint(folder: string, blocks: number): number {
  const header: Record<string, unknown> = {};
  let bytes = 0;
  for (const [name, shape] of shapes(blocks)) {
    const size = 4 * shape.reduce((product, axis) => product * axis, 1);
    header[name] = { dtype: 'F32', shape, data_offsets: [bytes, bytes + size] };
    bytes += size;
  }
  const text = Buffer.from(JSON.stringify(header));
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(text.length));
  const piece = Float32Array.from({ length: 2 ** 20 }, (_, index) => Math.sin(index) / 25);
  const file = openSync(join(folder, 'model.safetensors'), 'w');
  writeSync(file, length);
  writeSync(file, text);
  for (let left = bytes; left > 0; left -= piece.byteLength) {
    writeSync(file, new Uint8Array(piece.buffer, 0, Math.min(left, piece.byteLength)));
  }
  closeSync(file);
  const config = {
    model_type: 'roberta',
    vocab_size: VOCABULARY,
    hidden_size: WIDTH,
    num_hidden_layers: blocks,
    num_attention_heads: 16,
    intermediate_size: INNER,
    max_position_embeddings: POSITIONS,
    type_vocab_size: 1,
    pad_token_id: 1,
    layer_norm_eps: 1e-5,
  };
  writeFileSync(join(folder, 'config.json'), JSON.stringify(config));
  return bytes;
}

const blocks = Number(process.argv[2] ?? 24);
const folder = mkdtempSync(join(tmpdir(), 'holdfast-memory-'));
try {
  const bytes = writeCheckpoint(folder, blocks);
  const lines = Array.from({ length: 8 }, (_, row) =>
    JSON.stringify({ ids: Array.from({ length: 64 }, (_, index) => 5 + ((index * 7 + row) % 1000)) }),
  );
  writeFileSync(join(folder, 'in.jsonl'), lines.join('\n'));
  const tell = "process.on('exit',()=>process.stderr.write('peak='+process.resourceUsage().maxRSS))";
  const main = join(packageRoot(), 'build', 'src', 'cli', 'main.js');
  const words = ['predict', '--model', folder, '--input', join(folder, 'in.jsonl'), '--output', 'pooled'];
  const { status, stderr } = spawnSync(
    process.execPath,
    ['--import', `data:text/javascript,${tell}`, main, ...words, '--out', join(folder, 'out.jsonl')],
    { encoding: 'utf8' },
  );
  const peak = Number(/peak=(\d+)/.exec(stderr)?.[1] ?? Number.NaN) * 1024;
  if (status !== 0 || Number.isNaN(peak)) throw new Error(`predict failed: ${stderr}`);
  const gigabytes = (value: number) => (value / 1e9).toFixed(2);
  console.log(
    `${blocks} blocks: weights ${gigabytes(bytes)} GB, peak of predict ${gigabytes(peak)} GB, ratio ${(peak / bytes).toFixed(2)}`,
  );
} finally {
  rmSync(folder, { recursive: true });
}
