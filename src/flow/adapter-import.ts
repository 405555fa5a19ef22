import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { saveAdapter } from '../adapter/file.ts';
import { adapterFromPeft, type PeftBase } from '../adapter/from-peft.ts';
import { parsePeftConfig } from '../adapter/peft-config.ts';
import { UsageError } from '../core/errors.ts';
import { readText } from '../core/files.ts';
import { checkOutputFolder, writeFolderAtomic } from '../core/outputs.ts';
import { readSafetensors } from '../core/safetensors.ts';
import { loadModel, modelPath } from '../model/load.ts';
import type { Model } from '../model/model.ts';
import { adapterLines } from './adapter-info.ts';

export interface ImportJob {
  /** A folder that PEFT saved. */
  readonly from: string;
  readonly model: string;
  /** Of an ONNX model: a tokenizer.json, or a folder with one; default: the one beside it. */
  readonly tokenizer?: string;
  readonly out: string;
  readonly force: boolean;
}

/** `holdfast adapter import`: a LoRA or (IA)^3 adapter in PEFT's format becomes one of ours. Nothing is written if it is refused. */
export async function adapterImport({ from, model: path, tokenizer, out, force }: ImportJob) {
  const inputs = { adapter: from, '--model': modelPath(path), '--tokenizer': tokenizer };
  await checkOutputFolder(out, { force, inputs });
  const where = { config: join(from, 'adapter_config.json'), tensors: weightsOf(from) };
  const text = await readText(where.config);
  const config = parsePeftConfig(text, where.config);
  const { tensors } = await readSafetensors(where.tensors);
  const model = await loadModel(path, tokenizer);
  const adapter = adapterFromPeft(baseOf(model), config, tensors, where);
  const training = { importedFrom: 'peft', config: JSON.parse(text) as unknown };
  const { file } = await writeFolderAtomic(out, force, (folder) =>
    saveAdapter(folder, adapter, model, training),
  );
  const { method, head, trainableParameters, trainableParametersWithHead } = file;
  return {
    out,
    method,
    layers: adapter.options.layers,
    head,
    trainableParameters,
    trainableParametersWithHead,
    lines: [...adapterLines(adapter, file), `adapter in ${out}`],
  };
}

function baseOf({ graph, head, classifier }: Model): PeftBase {
  return {
    graph,
    ...(classifier === undefined ? {} : { graphWithHead: classifier.graph }),
    ...(head.layers === undefined ? {} : { layers: head.layers }),
    width: head.width,
    ownLabels: classifier?.labels ?? [],
  };
}

function weightsOf(from: string): string {
  if (!existsSync(join(from, 'adapter_config.json'))) {
    throw new UsageError(
      from,
      "must hold adapter_config.json, got a folder without it; pass a folder that PEFT's save_pretrained wrote",
    );
  }
  const path = join(from, 'adapter_model.safetensors');
  if (existsSync(path)) return path;
  if (!existsSync(join(from, 'adapter_model.bin'))) {
    throw new UsageError(
      from,
      'must hold adapter_model.safetensors, got none; save the adapter again with PEFT',
    );
  }
  const names = "{k: v.clone() for k, v in t.load('adapter_model.bin', 'cpu').items()}";
  throw new UsageError(
    from,
    `the weights must be in adapter_model.safetensors, got only adapter_model.bin, a pickle, which can run code; if you trust it, run in that folder: python -c "import torch as t, safetensors.torch as s; s.save_file(${names}, 'adapter_model.safetensors')"`,
  );
}
