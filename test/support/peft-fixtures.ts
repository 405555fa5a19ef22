import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { packageRoot } from '../../src/core/paths.ts';

/** Adapters that PEFT made for the tiny checkpoints: see `test/fixtures/peft/make.py`. */
export const PEFT_FIXTURES = [
  'bert-lora',
  'bert-lora-patterns',
  'bert-lora-encoder',
  'bert-ia3',
  'roberta-lora',
  'roberta-lora-frozen-head',
  'roberta-ia3',
  'distilbert-lora',
  'distilbert-lora-whole-head',
  'gpt2-lora',
  'gpt2-ia3',
] as const;

export function peftFixture(name: string): string {
  return join(packageRoot(), 'test', 'fixtures', 'peft', name);
}

/** What PEFT said of one line of input. */
export interface PeftVector {
  readonly input: { readonly ids: readonly number[]; readonly typeIds?: readonly number[] };
  readonly logits?: readonly number[];
  /** Of an encoder without a head: the last hidden state, row by row. */
  readonly hidden?: readonly number[];
}

export async function readPeftVectors(
  name: string,
): Promise<{ family: string; rows: readonly PeftVector[] }> {
  return JSON.parse(await readFile(join(peftFixture(name), 'vectors.json'), 'utf8')) as {
    family: string;
    rows: readonly PeftVector[];
  };
}
