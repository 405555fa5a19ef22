import { UsageError } from '../core/errors.ts';
import { readCustom } from './custom.ts';
import type { Columns } from './custom-rows.ts';
import { readGlue } from './glue.ts';
import { GLUE_TASKS } from './glue-tasks.ts';
import { loadReviews } from './reviews.ts';
import type { Task } from './task.ts';

/** The tasks that `loadTask` knows, by the names that it prints. */
export const TASK_NAMES: readonly string[] = ['reviews', ...GLUE_TASKS.map((task) => task.name), 'custom'];

/** The name as `TASK_NAMES` has it: any case, with or without the hyphen. @throws UsageError if there is no such task */
export function taskName(name: string): string {
  const plain = (text: string) => text.toLowerCase().replaceAll('-', '');
  const found = TASK_NAMES.find((known) => plain(known) === plain(name));
  if (found !== undefined) return found;
  throw new UsageError(
    '--task',
    `must be one of ${TASK_NAMES.join(', ')}, got "${name}"; choose one of them`,
  );
}

/**
 * Loads a task with all its splits.
 * @param options.folder the data, in the task's own layout; `reviews` has its data with it and takes none
 * @param options.columns names of the columns of `custom`
 * @param options.seed of the split of `reviews`; other tasks come split
 * @throws UsageError if there is no such task, or a folder is missing or not wanted; BadFileError if data are malformed
 */
export async function loadTask(
  name: string,
  options: { folder?: string | undefined; columns?: Columns | undefined; seed: number },
): Promise<Task> {
  const known = taskName(name);
  const { folder, columns, seed } = options;
  if (columns !== undefined && known !== 'custom') {
    throw new UsageError('--columns', `must go with --task custom, got ${known}; leave it out`);
  }
  if (known === 'reviews') {
    if (folder !== undefined) {
      throw new UsageError(
        '--data',
        `must be left out for reviews, got ${folder}; use --task custom for own data`,
      );
    }
    return loadReviews(seed);
  }
  if (folder === undefined) {
    throw new UsageError('--data', `must name the folder of ${known}, got nothing; pass --data DIR`);
  }
  return known === 'custom'
    ? readCustom(folder, columns)
    : readGlue(GLUE_TASKS.find((task) => task.name === known)!, folder);
}
