import { existsSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { UsageError } from '../../core/errors.ts';
import { sha256 } from '../../core/files.ts';
import type { Graph } from '../../graph/graph.ts';
import type { Classifier, HeadLayers, Model } from '../model.ts';
import { type Architecture, architectureOf, countsFromPadding } from './architecture.ts';
import { readCheckpoint, type Weights } from './checkpoint.ts';
import { classifierOf, headLayersOf } from './classifier.ts';
import { DECODER_HEAD, type DecoderHow, decoderClassifier, decoderGraph } from './decoder.ts';
import { type EncoderArchitecture, encoderGraph, prefixOf } from './encoder.ts';
import { readPooling } from './pooling.ts';
import { readJson } from './read-json.ts';
import { rehearse } from './rehearse.ts';
import { findWeights } from './stored-weights.ts';
import { absentTokenizer, openTokenizer } from './tokenizer.ts';
import { readTokenizerFiles } from './tokenizer-files.ts';

/**
 * Loads an encoder or a GPT-2 from a folder in Hugging Face's layout: `config.json`, safetensors, the tokenizer's files (needed
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
      : await openTokenizer(files, { ...a, givesTypes: !countsFromPadding(a.family) });
  const isTied = config.tie_word_embeddings !== false;
  const stored = await findWeights(folder, isTied);
  const how = { pooling, prefix: prefixOf(a, stored.shapes), isTied };
  const build = (weights: Weights) =>
    a.family === 'gpt2' ? decoder(a, weights, how) : encoder(a, weights, how);
  rehearse(stored, build);
  const checkpoint = await readCheckpoint(stored);
  const { graph, classifier, layers } = build(checkpoint);
  return {
    name: basename(resolve(folder)),
    family: a.family,
    sha256: sha256(
      `${checkpoint.hash.digest('hex')} ${files?.sha256 ?? ''} ${JSON.stringify({ ...a, pooling })}`,
    ),
    graph,
    ...(a.family === 'gpt2' ? {} : { turnedWeights: true }),
    tokenizer,
    vocabularySize: a.vocabularySize,
    maxLength: longest(a),
    ...(a.typeCount > 1 ? { typeCount: a.typeCount } : {}),
    head: {
      input: 'pooled',
      width: a.width,
      scale: 1,
      ...(layers === null ? {} : { layers }),
    },
    ...(classifier === undefined ? {} : { classifier }),
    parameters: checkpoint.parameters,
  };
}

/** A model's graph, its own head, and the layers of a head for another task. */
interface Parts {
  readonly graph: Graph;
  readonly classifier: Classifier | undefined;
  /** Null where the folder pools in another way than the family's classifiers. */
  readonly layers: HeadLayers | null;
}

function encoder(a: Architecture, checkpoint: Weights, how: DecoderHow): Parts {
  const known = a as EncoderArchitecture;
  const graph = encoderGraph(known, checkpoint, how);
  const classifier = classifierOf(known, checkpoint, graph, how);
  const hasPooler = graph.initializers.has(`${how.prefix}pooler.dense.weight`);
  const layers = headLayersOf(known, classifier === undefined ? how.pooling : 'own', hasPooler);
  return { graph, classifier, layers };
}

function decoder(a: Architecture, checkpoint: Weights, how: DecoderHow): Parts {
  const graph = decoderGraph(a, checkpoint, how);
  return {
    graph,
    classifier: decoderClassifier(a, checkpoint, graph, how),
    layers: how.pooling === 'own' ? DECODER_HEAD : null,
  };
}

/** The tokens that have a position: RoBERTa's and MPNet's first one is `padId` + 1. */
function longest({ family, positions, padId }: Architecture): number {
  return countsFromPadding(family) ? positions - padId - 1 : positions;
}
