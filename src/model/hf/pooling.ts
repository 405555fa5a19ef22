import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { BadFileError } from '../../core/errors.ts';
import type { Pooling } from './encoder.ts';
import { readJson } from './read-json.ts';

const MODES: Readonly<Record<string, Pooling>> = {
  pooling_mode_mean_tokens: 'mean',
  pooling_mode_cls_token: 'cls',
};

/**
 * How sentence-transformers pools, from `1_Pooling/config.json`; `own` without that file. What follows in a chain of
 * theirs (a dense layer, unit length) is not applied.
 * @throws BadFileError if it is neither the mean nor the first token alone
 */
export async function readPooling(folder: string): Promise<Pooling> {
  const path = join(folder, '1_Pooling', 'config.json');
  if (!existsSync(path)) return 'own';
  const config = await readJson(path);
  const chosen = Object.keys(config).filter((key) => key.startsWith('pooling_mode_') && config[key] === true);
  const pooling = chosen.length === 1 ? MODES[chosen[0]!] : undefined;
  if (pooling !== undefined) return pooling;
  throw new BadFileError(
    path,
    `must choose one of ${Object.keys(MODES).join(', ')}, got ${chosen.join(' and ') || 'none'}; remove the file to pool as the checkpoint does`,
  );
}
