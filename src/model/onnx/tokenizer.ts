import { existsSync, statSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { UsageError } from '../../core/errors.ts';
import { openTokenizer, type TokenizerSetting } from '../hf/tokenizer.ts';
import { readTokenizerJson, type TokenizerFiles } from '../hf/tokenizer-files.ts';
import type { Tokenizer } from '../model.ts';

/**
 * The tokenizer of an ONNX file: the one given, or `tokenizer.json` beside it; without any, one that refuses text.
 * @param setting padId null: the tokenizer's own, else 0
 * @throws UsageError if the given one is not there, BadFileError if it is none or does not fit the model
 */
export async function tokenizerBeside(
  path: string,
  given: string | undefined,
  setting: Omit<TokenizerSetting, 'padId' | 'givesTypes'> & { readonly padId: number | null },
): Promise<{ tokenizer: Tokenizer; sha256: string }> {
  const place = given === undefined ? join(dirname(path), 'tokenizer.json') : fileOf(given);
  if (!existsSync(place)) {
    if (given !== undefined) {
      throw new UsageError(
        '--tokenizer',
        `must be a tokenizer.json or a folder with one, got ${given}, where there is none; check the path`,
      );
    }
    return { tokenizer: absent(path, setting.padId ?? 0), sha256: '' };
  }
  const files = await readTokenizerJson(dirname(place), basename(place));
  const padId = setting.padId ?? padOf(files) ?? 0;
  return {
    tokenizer: await openTokenizer(files, { ...setting, padId, givesTypes: true }),
    sha256: files.sha256,
  };
}

function fileOf(given: string): string {
  const isFolder = statSync(given, { throwIfNoEntry: false })?.isDirectory() ?? false;
  return isFolder ? join(given, 'tokenizer.json') : given;
}

/** The id that the tokenizer pads with: its `padding`, or the token that its configuration calls `pad_token`. */
function padOf({ tokenizer, config }: TokenizerFiles): number | undefined {
  const padding = tokenizer.padding as { readonly pad_id?: unknown } | null | undefined;
  if (typeof padding?.pad_id === 'number') return padding.pad_id;
  const token = config.pad_token as string | { readonly content?: string } | null | undefined;
  const text = typeof token === 'string' ? token : token?.content;
  const added = (tokenizer.added_tokens ?? []) as readonly {
    readonly id: number;
    readonly content: string;
  }[];
  return added.find(({ content }) => content === (text ?? '[PAD]') || content === (text ?? '<pad>'))?.id;
}

function absent(path: string, padId: number): Tokenizer {
  return {
    padId,
    encode() {
      throw new UsageError(
        path,
        'must have tokenizer.json beside it to read text, got none; pass --tokenizer, or give "ids"',
      );
    },
  };
}
