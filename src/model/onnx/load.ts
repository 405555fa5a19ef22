import { createHash } from 'node:crypto';
import { closeSync, existsSync, fstatSync, openSync, readSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { BadFileError } from '../../core/errors.ts';
import { readBytes, sha256 } from '../../core/files.ts';
import { fuseLayerNorms } from '../../graph/fuse-layer-norms.ts';
import type { Graph, Tensor } from '../../graph/graph.ts';
import { linearLayers } from '../../graph/linear-layers.ts';
import { modernise } from '../../graph/modernise.ts';
import { decodeForeignModel } from '../../graph/read.ts';
import type { ExternalData } from '../../graph/read-tensor.ts';
import { transpose } from '../../graph/transpose.ts';
import { readLabels } from '../hf/architecture.ts';
import { readPooling } from '../hf/pooling.ts';
import { type JsonRecord, readJson } from '../hf/read-json.ts';
import type { Classifier, Model } from '../model.ts';
import { withOurInputs } from './inputs.ts';
import { nameLayers } from './layer-names.ts';
import { type Found, findOutputs, withOurOutputs } from './outputs.ts';
import { tablesOf } from './tables.ts';
import { tokenizerBeside } from './tokenizer.ts';

/** Tokens at most where neither a table of positions nor the tokenizer says. */
const USUAL_LENGTH = 512;

/**
 * Loads a transformer from an ONNX file of any exporter (operator sets 11 on, weights in the file or beside it). Its
 * tokenizer is `tokenizer.json` beside it, or the one given; without any it takes `ids`. `config.json` beside it gives
 * label names, `1_Pooling` how to pool; else `pooled` is the graph's own, or the first token.
 * @param tokenizer a tokenizer.json, or a folder that holds one
 * @throws UsageError if there is no such file, BadFileError if it is not as it must be
 */
export async function loadOnnx(path: string, tokenizer?: string): Promise<Model> {
  const folder = dirname(path);
  const pooling = await readPooling(folder);
  const configPath = join(folder, 'config.json');
  const config = existsSync(configPath) ? await readJson(configPath) : {};
  const bytes = await readBytes(path);
  const hash = createHash('sha256').update(bytes);
  const { graph: foreign, opset } = decodeForeignModel(bytes, path, externalReader(folder, hash));
  const names = foreign.outputs.map(({ name }) => name);
  const whole = nameLayers(fuseLayerNorms(modernise(withOurInputs(foreign, path), opset, path)));
  const found = findOutputs(whole, names, path);
  const tables = tablesOf(whole);
  const vocabularySize = tables.vocabularySize ?? stated(config, 'vocab_size');
  if (vocabularySize === null) {
    throw new BadFileError(
      path,
      'it must pick rows of a table by input_ids, got no such table; use a model with an embedding of tokens',
    );
  }
  const made = await tokenizerBeside(path, tokenizer, {
    vocabularySize,
    typeCount: tables.typeCount ?? 0,
    padId: tables.padId ?? stated(config, 'pad_token_id'),
  });
  const longest = tables.maxLength ?? stated(config, 'max_position_embeddings');
  const graph = withOurOutputs(whole, found, pooling, false);
  const width = graph.outputs[1]!.shape[1];
  if (typeof width !== 'number') {
    throw new BadFileError(path, `its pooled output must have a known width, got ${width}; export it again`);
  }
  const classifier =
    found.logits === null ? undefined : classifierOf(whole, found, pooling, config, configPath);
  return {
    name: basename(path, '.onnx'),
    family: 'onnx',
    sha256: sha256(`${hash.digest('hex')} ${made.sha256} ${JSON.stringify({ pooling })}`),
    graph,
    tokenizer: made.tokenizer,
    vocabularySize,
    maxLength: longest ?? made.tokenizer.maxLength ?? USUAL_LENGTH,
    ...(tables.typeCount === null ? {} : { typeCount: tables.typeCount }),
    head: {
      input: 'pooled',
      width,
      scale: 1,
      ...(classifier?.tensors.size ? { layers: { input: 'pooled', last: found.last!.name } } : {}),
    },
    ...(classifier === undefined ? {} : { classifier }),
    parameters: parametersOf(whole),
  };
}

function classifierOf(
  whole: Graph,
  found: Found,
  pooling: Parameters<typeof withOurOutputs>[2],
  config: JsonRecord,
  configPath: string,
): Classifier {
  const graph = withOurOutputs(whole, found, pooling, true);
  const { shape } = graph.outputs[0]!;
  const outputs = shape.at(-1);
  if (typeof outputs !== 'number') {
    throw new BadFileError(
      configPath,
      `the logits must have a known width, got ${outputs}; export the model again`,
    );
  }
  const overTokens = shape.length === 3;
  const stated = readLabels(config.id2label, configPath);
  if (stated !== null && !overTokens && stated.length !== outputs) {
    throw new BadFileError(
      configPath,
      `"id2label" must name as many labels as there are logits (${outputs}), got ${stated.length}; mend the file`,
    );
  }
  const labels = stated ?? Array.from({ length: outputs }, (_, index) => `LABEL_${index}`);
  const { last } = found;
  const tensors = new Map<string, Tensor>();
  // A head that reads the output `pooled`, and so can be the start of another.
  if (
    last !== null &&
    last.bias !== null &&
    !overTokens &&
    pooling === 'own' &&
    last.input === found.pooled
  ) {
    const weight = whole.initializers.get(last.weight)!;
    tensors.set(`${last.name}.weight`, last.transposed ? weight : transpose(weight));
    tensors.set(`${last.name}.bias`, whole.initializers.get(last.bias)!);
  }
  return { graph, outputs, labels: outputs === 1 || overTokens ? [] : labels, tensors };
}

function stated(config: JsonRecord, key: string): number | null {
  const value = config[key];
  return Number.isSafeInteger(value) && Number(value) >= 0 ? Number(value) : null;
}

/**
 * Numbers in the float constants, single ones (scales, epsilons) aside but for a layer's bias; a table that is used twice
 * counts once.
 */
function parametersOf(graph: Graph): number {
  const counted = new Set<Tensor>();
  const biases = new Set(linearLayers(graph).map(({ bias }) => bias));
  let parameters = 0;
  for (const [name, tensor] of graph.initializers) {
    if (tensor.dtype !== 'float32' || (tensor.data.length < 2 && !biases.has(name))) continue;
    if (tensor.shape.length > 1 && counted.has(tensor)) continue;
    counted.add(tensor);
    parameters += tensor.data.length;
  }
  return parameters;
}

/** Reads values that lie in a file beside the model, each stretch once; its bytes go into the hash. */
function externalReader(folder: string, hash: ReturnType<typeof createHash>): ExternalData {
  return (location, offset, length, where) => {
    if (!/^[\w.-]+$/.test(location) || location === '..') {
      throw new BadFileError(
        where,
        `its values must lie in a file beside the model, got ${JSON.stringify(location)}; export the model again`,
      );
    }
    const path = join(folder, location);
    if (!existsSync(path)) {
      throw new BadFileError(
        where,
        `its values must lie in "${location}" beside the model, got no such file; fetch it too`,
      );
    }
    const file = openSync(path, 'r');
    try {
      const { size } = fstatSync(file);
      if (offset + length > size) {
        throw new BadFileError(
          where,
          `its values must end inside "${location}", got bytes ${offset} to ${offset + length} of ${size}; fetch it again`,
        );
      }
      const bytes = new Uint8Array(length);
      for (let filled = 0; filled < length; ) {
        filled += readSync(file, bytes, filled, length - filled, offset + filled);
      }
      hash.update(bytes);
      return bytes;
    } finally {
      closeSync(file);
    }
  };
}
