import { attachAdapter } from '../adapter/attach.ts';
import { checkAdapterModel, loadAdapter } from '../adapter/file.ts';
import { UsageError } from '../core/errors.ts';
import { writeFileAtomic } from '../core/files.ts';
import { checkOutputFile } from '../core/outputs.ts';
import { type Progress, silentProgress } from '../core/progress.ts';
import { batches } from '../data/batches.ts';
import { classesOf } from '../data/outcomes.ts';
import { readLines } from '../data/tsv.ts';
import { modelFeeds } from '../evaluate/model-feeds.ts';
import type { Graph, Tensor } from '../graph/graph.ts';
import { loadModel, modelPath } from '../model/load.ts';
import type { Model } from '../model/model.ts';
import { openEngine } from '../runtime/open.ts';
import { TOKENS_A_BATCH } from './encode-task.ts';
import { readPredictInput } from './predict-input.ts';

export type PredictOutput = 'logits' | 'hidden' | 'pooled';

export interface PredictRequest {
  readonly model: string;
  /** Of an ONNX model: a tokenizer.json, or a folder with one; default: the one beside it. */
  readonly tokenizer?: string;
  readonly adapter?: string;
  /** Lines of {"text"}, {"text", "pair"} or {"ids", "typeIds"?}. */
  readonly input: string;
  readonly out: string;
  readonly output: PredictOutput;
  readonly engine?: 'onnxruntime' | 'tfjs-node';
  readonly force?: boolean;
  readonly progress?: Progress;
}

export interface PredictResult {
  readonly out: string;
  readonly output: PredictOutput;
  readonly examples: number;
  readonly lines: readonly string[];
}

/**
 * `holdfast predict`: plain digital inference, one line of JSON in, one out, in order. Weights stay initializers, which
 * ONNX Runtime packs ahead. Numbers are written with the nine digits that give a float32 back exactly.
 * @throws UsageError if logits are asked for without a head, or `out` exists; BadFileError for a bad line or adapter
 */
export async function predict(request: PredictRequest): Promise<PredictResult> {
  const { input, out, output, progress = silentProgress } = request;
  await checkOutputFile(out, {
    force: request.force ?? false,
    inputs: { '--input': input, '--model': modelPath(request.model), '--adapter': request.adapter },
  });
  const model = await loadModel(request.model, request.tokenizer);
  const { graph, labels } = await graphOf(model, request);
  const encoded = (await readLines(input)).map((line, index) =>
    readPredictInput(line, `${input}:${index + 1}`, model),
  );

  const engine = await openEngine(request.engine ?? 'onnxruntime');
  const session = await engine.load(graph);
  const lines = new Array<string>(encoded.length);
  try {
    progress.stage('predict', encoded.length);
    for (const batch of batches(encoded, {
      size: TOKENS_A_BATCH,
      tokens: TOKENS_A_BATCH,
      order: 'length',
      padId: model.tokenizer.padId,
    })) {
      const result = await session.run(modelFeeds(batch), [output]);
      for (const [row, index] of batch.indices.entries()) {
        lines[index] = answer(output, result[output]!, row, encoded[index]!.ids.length, labels);
      }
      progress.advance(batch.rows);
    }
  } finally {
    await session.release();
  }
  await writeFileAtomic(out, ended(lines));
  const said = `${encoded.length} examples: ${output} written to ${out}`;
  return { out, output, examples: encoded.length, lines: [said] };
}

async function graphOf(
  model: Model,
  { adapter, output }: PredictRequest,
): Promise<{ readonly graph: Graph; readonly labels: readonly string[] }> {
  if (adapter === undefined) {
    if (output === 'logits' && model.classifier !== undefined) return model.classifier;
    if (output === 'logits') {
      const cure = 'pass --adapter, or --output pooled or hidden';
      throw new UsageError(
        '--output',
        `logits need a task head, got model ${model.name} without one; ${cure}`,
      );
    }
    return { graph: model.graph, labels: [] };
  }
  const stored = await loadAdapter(adapter);
  checkAdapterModel(stored, model, adapter);
  const own = stored.adapter.head === null ? model.classifier : undefined;
  if (output === 'logits' && stored.adapter.head === null && own === undefined) {
    throw new UsageError(
      '--output',
      `logits need a task head, got neither model ${model.name} nor the adapter with one; pass --output pooled or hidden`,
    );
  }
  const how = { parameters: 'constant', draws: 'none' } as const;
  const graph = attachAdapter(own?.graph ?? model.graph, stored.adapter, how, true);
  return { graph, labels: stored.adapter.head?.labels ?? own?.labels ?? [] };
}

/** Line by line: all together they may be longer than a string can be. */
function* ended(lines: readonly string[]): Generator<string> {
  for (const line of lines) yield `${line}\n`;
}

/** One line: the row's part of an output, a list a token where it has tokens, without what stands for padding. */
function answer(
  output: PredictOutput,
  { shape, data }: Tensor,
  row: number,
  tokens: number,
  labels: readonly string[],
): string {
  const width = shape.at(-1)!;
  const rowSize = data.length / shape[0]!;
  const overTokens = shape.length === 3;
  const size = overTokens ? tokens * width : rowSize;
  const values = Array.from((data as Float32Array).subarray(row * rowSize, row * rowSize + size), exact);
  if (overTokens) {
    const each = Array.from({ length: tokens }, (_, t) => values.slice(t * width, (t + 1) * width));
    try {
      return JSON.stringify({ [output]: each });
    } catch (error) {
      throw new UsageError(
        '--output',
        `${output} must fit into one line of text, got ${tokens} tokens x ${width} numbers; give fewer tokens`,
        error,
      );
    }
  }
  if (output === 'pooled' || labels.length === 0) return JSON.stringify({ [output]: values });
  return JSON.stringify({ logits: values, label: labels[classesOf(values, labels.length)[0]!] });
}

/** The shortest number of at most nine digits; it rounds back to the same float32. */
function exact(value: number): number {
  return Number(value.toPrecision(9));
}
