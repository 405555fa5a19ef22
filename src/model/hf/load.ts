import { existsSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { UsageError } from '../../core/errors.ts';
import { sha256 } from '../../core/files.ts';
import type { Model } from '../model.ts';
import { type Architecture, architectureOf } from './architecture.ts';
import { readCheckpoint } from './checkpoint.ts';
import { classifierOf, headLayersOf } from './classifier.ts';
import { encoderGraph, prefixOf } from './encoder.ts';
import { readPooling } from './pooling.ts';
import { readJson } from './read-json.ts';
import { absentTokenizer, openTokenizer } from './tokenizer.ts';
import { readTokenizerFiles } from './tokenizer-files.ts';

/**
 * Loads an encoder from a folder in Hugging Face's layout: `config.json`, safetensors, the tokenizer's files (needed
 * for texts only) and `1_Pooling` of sentence-transformers where there is one. It is named after the folder.
 * @throws UsageError if the folder has no config.json or no safetensors, BadFileError if a file is not as it must be
 */
export async function loadHuggingFace(folder: string): Promise<Model> {
  const configPath = join(folder, 'config.json');
  if (!existsSync(configPath)) {
    throw new UsageError(
      folder,
      "must hold config.json to be a model, got a folder without it; pass the folder of a checkpoint in Hugging Face's layout",
    );
  }
  const config = await readJson(configPath);
  const a = architectureOf(config, configPath);
  const pooling = await readPooling(folder);
  // The tokenizer first: it is small, and what is wrong with it is known before the weights are read.
  const files = await readTokenizerFiles(folder, a.family);
  const tokenizer =
    files === null
      ? absentTokenizer(folder, a)
      : await openTokenizer(files, { ...a, givesTypes: a.family !== 'roberta' });
  const checkpoint = await readCheckpoint(folder, config.tie_word_embeddings !== false);
  const how = { pooling, prefix: prefixOf(a, checkpoint) };
  const graph = encoderGraph(a, checkpoint, how);
  const classifier = classifierOf(a, checkpoint, graph, how);
  return {
    name: basename(resolve(folder)),
    family: a.family,
    sha256: sha256(
      `${checkpoint.hash.digest('hex')} ${files?.sha256 ?? ''} ${JSON.stringify({ ...a, pooling })}`,
    ),
    graph,
    tokenizer,
    vocabularySize: a.vocabularySize,
    maxLength: longest(a),
    ...(a.typeCount > 1 ? { typeCount: a.typeCount } : {}),
    head: {
      input: 'pooled',
      width: a.width,
      scale: 1,
      layers: headLayersOf(a, classifier === undefined ? pooling : 'own'),
    },
    ...(classifier === undefined ? {} : { classifier }),
    parameters: checkpoint.parameters,
  };
}

/** The tokens that have a position: RoBERTa's first one is `padId` + 1. */
function longest({ family, positions, padId }: Architecture): number {
  return family === 'roberta' ? positions - padId - 1 : positions;
}
