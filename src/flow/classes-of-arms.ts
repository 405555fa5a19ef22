import { UsageError } from '../core/errors.ts';
import type { Task } from '../data/task.ts';
import type { Model } from '../model/model.ts';
import { knownRows } from './own-head.ts';
import type { NamedBundle } from './run-plan.ts';

/**
 * Which of the task's classes each logit of each arm stands for; null where it is the one of its own number.
 *
 * @throws UsageError if an arm is of another model, has no head, or not one for the task.
 */
export function classesOfArms(
  arms: readonly NamedBundle[],
  model: Pick<Model, 'name' | 'sha256'>,
  task: Pick<Task, 'name' | 'kind' | 'labels'>,
): ReadonlyMap<string, readonly number[] | null> {
  return new Map(
    arms.map((named) => {
      checkHead(named, model);
      return [named.arm, task.kind === 'classification' ? classesOf(named, task) : scoreOf(named, task)];
    }),
  );
}

function checkHead({ arm, bundle }: NamedBundle, model: Pick<Model, 'name' | 'sha256'>): void {
  const { sources } = bundle.manifest;
  if (sources.model.sha256 !== model.sha256) {
    throw new UsageError(
      arm,
      `must be compiled from the same model as the other bundles and ${model.name} as it is here, got "${sources.model.name}" with another sha-256; compile it again`,
    );
  }
  if (!bundle.program.graph.outputs.some((output) => output.name === 'logits')) {
    throw new UsageError(
      arm,
      'must hold an adapter with a task head to be evaluated, got a bare model; compile it with --adapter',
    );
  }
}

/**
 * Adapters trained here have the names of their task's labels. A checkpoint's own head may have them in another order, as
 * MNLI's have, or call them otherwise, and PEFT's files name none: names that the task does not know are taken for numbers.
 */
function classesOf(
  { arm, bundle }: NamedBundle,
  { name, labels: wanted }: Pick<Task, 'name' | 'labels'>,
): readonly number[] | null {
  const { sources, labels } = bundle.manifest;
  if (labels.join('\n') === wanted.join('\n')) return null;
  const isNamed = sources.adapters.length > 0 && !labels.every((label, i) => label === `LABEL_${i}`);
  if (isNamed || labels.length !== wanted.length) {
    throw new UsageError(
      arm,
      `must have the labels of task "${name}" (${wanted.join(', ')}), got ${labels.length === 0 ? 'none' : labels.join(', ')}; evaluate on the task that it was trained on`,
    );
  }
  const rows = knownRows(labels, wanted);
  return rows === null ? null : labels.map((_, row) => rows.indexOf(row));
}

/** A regression's head gives one number. */
function scoreOf({ arm, bundle }: NamedBundle, { name }: Pick<Task, 'name'>): null {
  const { labels } = bundle.manifest;
  if (labels.length > 1) {
    throw new UsageError(
      arm,
      `must give one number for task "${name}", a regression, got the classes ${labels.join(', ')}; evaluate on the task that it was trained on`,
    );
  }
  return null;
}
