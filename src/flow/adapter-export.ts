import { join } from 'node:path';
import { loadAdapter, type StoredAdapter } from '../adapter/file.ts';
import { adapterToPeft, type PeftNaming } from '../adapter/to-peft.ts';
import { UsageError } from '../core/errors.ts';
import { stableJson, writeFileAtomic } from '../core/files.ts';
import { checkOutputFolder, writeFolderAtomic } from '../core/outputs.ts';
import { encodeSafetensors } from '../core/safetensors-write.ts';
import { moduleNames } from '../model/hf/module-names.ts';

export interface ExportJob {
  readonly adapter: string;
  readonly format: 'peft';
  readonly out: string;
  readonly force: boolean;
}

/** `holdfast adapter export`: an adapter in PEFT's format, for the class of transformers that its task is of. */
export async function adapterExport({ adapter: path, format, out, force }: ExportJob) {
  await checkOutputFolder(out, { force, inputs: { adapter: path } });
  const stored = await loadAdapter(path);
  const naming = namingOf(stored, path);
  const { config, tensors } = adapterToPeft(stored.adapter, path, naming);
  await writeFolderAtomic(out, force, async (folder) => {
    // The metadata is PyTorch's mark, which transformers asks for.
    await writeFileAtomic(
      join(folder, 'adapter_model.safetensors'),
      encodeSafetensors(tensors, { format: 'pt' }),
    );
    await writeFileAtomic(join(folder, 'adapter_config.json'), stableJson(config));
  });
  return {
    out,
    format,
    method: stored.adapter.method,
    taskType: naming.taskType,
    tensors: tensors.size,
    lines: [
      `${stored.adapter.method} for ${stored.file.model.name}, task type ${naming.taskType ?? 'none'}: ${tensors.size} tensors`,
      `PEFT adapter in ${out}`,
    ],
  };
}

/**
 * Module names are those of a class for whole texts (`bert.encoder...`) where the adapter has a head, and where it has
 * none those that it was imported with.
 */
function namingOf({ adapter, file }: StoredAdapter, path: string): PeftNaming {
  const names = moduleNames(file.model.family ?? '');
  if (names === null) {
    throw new UsageError(
      path,
      `must be an adapter of a model in Hugging Face's layout to be exported to PEFT, got one of "${file.model.name}" (family ${file.model.family ?? 'not stated'}); train it on such a model`,
    );
  }
  const imported = importedTask(file.training);
  const taskType = adapter.head !== null ? 'SEQ_CLS' : (imported ?? null);
  return {
    moduleOf: taskType === 'FEATURE_EXTRACTION' ? names.bare : names.whole,
    fanInFanOut: names.fanInFanOut,
    taskType,
  };
}

function importedTask(training: unknown): string | null | undefined {
  const { config } = (training ?? {}) as { readonly config?: { readonly task_type?: string | null } };
  return config?.task_type;
}
