import { asyncBufferFromFile, parquetMetadataAsync, parquetReadObjects } from 'hyparquet';
import { compressors } from 'hyparquet-compressors';
import { BadFileError } from '../core/errors.ts';

/**
 * Columns of a Parquet file, a record a row. This is the one file that imports hyparquet.
 *
 * @throws BadFileError if it is not Parquet or a column is missing
 */
export async function readParquet(
  path: string,
  columns: readonly string[],
): Promise<readonly Readonly<Record<string, unknown>>[]> {
  const parsed = await parse(path, columns);
  const missing = columns.find((column) => !parsed.names.includes(column));
  if (missing !== undefined) {
    const got = parsed.names.map((name) => `"${name}"`).join(', ');
    throw new BadFileError(
      path,
      `must have a column "${missing}", got ${got}; check that it is of this task`,
    );
  }
  return parsed.rows;
}

async function parse(path: string, columns: readonly string[]) {
  try {
    const file = await asyncBufferFromFile(path);
    const metadata = await parquetMetadataAsync(file);
    const names = metadata.schema
      .filter(({ num_children: inner }) => inner === undefined)
      .map(({ name }) => name);
    const wanted = columns.filter((column) => names.includes(column));
    const rows =
      wanted.length === 0 ? [] : await parquetReadObjects({ file, metadata, columns: wanted, compressors });
    return { names, rows };
  } catch (error) {
    throw new BadFileError(
      path,
      `must be a whole Parquet file, got a fault (${(error as Error).message}); download it again`,
      error,
    );
  }
}
