import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import test from 'ava';
import { precompiledNormalizer } from '../../../src/model/hf/precompiled.ts';
import { fixture } from '../../support/hf-fixtures.ts';

/** Its table: no-break space, tab and line end become a space, full-width digits plain ones, the ligature fi two letters. */
async function charsmapOf(): Promise<string> {
  const { normalizer } = JSON.parse(await readFile(join(fixture('xlm-roberta'), 'tokenizer.json'), 'utf8'));
  return normalizer.normalizers[0].precompiled_charsmap;
}

test('precompiledNormalizer: replaces what the table has and leaves the rest', async (t) => {
  const normalize = precompiledNormalizer(await charsmapOf())!;
  t.is(
    normalize('the\u00a0cat\t\uff11\uff12 \ufb01lm \u65e5 e\u0301 \ufb03'),
    'the cat 12 film \u65e5 e\u0301 \ufb03',
  );
  t.is(normalize('plain text, 12!'), 'plain text, 12!');
  t.is(normalize(''), '');
});

test('precompiledNormalizer: a grapheme below six bytes is replaced whole, a longer one by its characters', async (t) => {
  const normalize = precompiledNormalizer(await charsmapOf())!;
  t.is(normalize('\uff11\u0301'), '1');
  t.is(normalize('\uff11\u20e3'), '1\u20e3');
});

test('precompiledNormalizer: what is no table is null', async (t) => {
  const map = Buffer.from(await charsmapOf(), 'base64');
  t.is(precompiledNormalizer(''), null);
  t.is(precompiledNormalizer(Buffer.from('no table at all').toString('base64')), null);
  t.is(precompiledNormalizer(map.subarray(0, 100).toString('base64')), null);
});
