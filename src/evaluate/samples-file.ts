import { type FileHandle, open, readFile } from 'node:fs/promises';
import { surroundingsError } from '../core/files.ts';
import { lockFile } from './file-lock.ts';
import { parseSamples, type Sample } from './sample.ts';

/**
 * An open `samples.jsonl`: rows are appended as they are made and are on disk when `append` returns, so that a killed
 * run loses nothing but the row in the making.
 */
export interface SamplesFile {
  /** The rows that were there. */
  readonly samples: readonly Sample[];
  append(rows: readonly Sample[]): Promise<void>;
  close(): Promise<void>;
}

/**
 * Opens (or makes) the file, for one process at a time: two would make each row twice. A torn last line, which a killed run
 * leaves, is cut off; so is its lock.
 * @throws UsageError while another process has it open
 */
export async function openSamples(path: string): Promise<SamplesFile> {
  const unlock = await lockFile(path);
  try {
    const file = await openUnlocked(path);
    return { ...file, close: () => file.close().finally(unlock) };
  } catch (error) {
    await unlock();
    throw error;
  }
}

async function openUnlocked(path: string): Promise<SamplesFile> {
  let file: FileHandle;
  let samples: readonly Sample[];
  try {
    file = await open(path, 'a+');
  } catch (error) {
    throw surroundingsError(path, 'write', error);
  }
  try {
    const text = await readFile(path, 'utf8');
    const whole = text.slice(0, text.lastIndexOf('\n') + 1);
    ({ samples } = parseSamples(whole, path));
    if (whole.length < text.length) await file.truncate(Buffer.byteLength(whole));
  } catch (error) {
    await file.close();
    throw error;
  }
  return {
    samples,
    async append(rows) {
      try {
        await file.appendFile(rows.map((row) => `${JSON.stringify(row)}\n`).join(''));
        await file.datasync();
      } catch (error) {
        throw surroundingsError(path, 'write', error);
      }
    },
    close: () => file.close(),
  };
}
