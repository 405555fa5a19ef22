import { CsvError, parse } from 'csv-parse/sync';
import { BadFileError } from '../../core/errors.ts';
import { readBytes } from '../../core/files.ts';
import { nearest } from '../fault.ts';

/** One read of one cell. */
export interface Measurement {
  readonly targetMicrosiemens: number;
  /** Age since the reference read. */
  readonly seconds: number;
  readonly measuredMicrosiemens: number;
  /** What tells the cell from others; null where the file has no such column. */
  readonly device: string | null;
  /** Null where the file has no such column. */
  readonly celsius: number | null;
  /** Line of the file, from 1. */
  readonly line: number;
}

const NEEDED = ['target_uS', 'seconds', 'measured_uS'] as const;
const KNOWN = [...NEEDED, 'device', 'temperature_C'];
const MOST_BYTES = 2 ** 28;
/** As many faults as a message lists; the others are counted. */
const LISTED = 20;

/** Reads a file of measurements. @throws UsageError if there is none, BadFileError naming every line at fault. */
export async function readMeasurements(file: string): Promise<readonly Measurement[]> {
  const bytes = await readBytes(file);
  if (bytes.length > MOST_BYTES) {
    throw new BadFileError(
      file,
      `must have at most ${MOST_BYTES} bytes, got ${bytes.length}; fit a part of it`,
    );
  }
  try {
    return parseMeasurements(new TextDecoder('utf-8', { fatal: true }).decode(bytes), file);
  } catch (error) {
    if (error instanceof TypeError) {
      throw new BadFileError(file, 'must be UTF-8 text, got other bytes; save it as UTF-8', error);
    }
    throw error;
  }
}

/**
 * Reads CSV with a head line `target_uS,seconds,measured_uS` and, where known, `device` and `temperature_C`, in any order.
 * Lines that start with # are comments.
 * @throws BadFileError naming every line at fault
 */
export function parseMeasurements(text: string, file: string): readonly Measurement[] {
  const records = recordsOf(text, file);
  const head = records[0];
  if (head === undefined) {
    throw new BadFileError(
      file,
      `must have a head line ${NEEDED.join(',')} and measurements, got nothing; fill it`,
    );
  }
  const places = columnPlaces(head.fields, `${file}:${head.line}`);
  const faults: string[] = [];
  const rows = records.slice(1).flatMap(({ fields, line }): Measurement[] => {
    const before = faults.length;
    const fault = (what: string) => faults.push(`${line}: ${what}`);
    if (fields.length !== head.fields.length) {
      fault(
        `must have ${head.fields.length} values as the head line has, got ${fields.length}; mend the line`,
      );
      return [];
    }
    const number = (name: string, least: number, unit: string): number => {
      const found = fields[places.get(name)!]!;
      const value = NUMBER.test(found) ? Number(found) : Number.NaN;
      if (!(Number.isFinite(value) && value >= least)) {
        const range = Number.isFinite(least) ? ` of at least ${least}` : '';
        fault(
          `${name} must be a number${range} in ${unit}, got ${JSON.stringify(found)}; mend or leave out the line`,
        );
      }
      return value;
    };
    const row: Measurement = {
      targetMicrosiemens: number('target_uS', 0, 'microsiemens'),
      seconds: number('seconds', 0, 'seconds since the reference read'),
      measuredMicrosiemens: number('measured_uS', 0, 'microsiemens'),
      device: places.has('device') ? fields[places.get('device')!]! : null,
      celsius: places.has('temperature_C') ? number('temperature_C', -273.15, 'degrees Celsius') : null,
      line,
    };
    if (row.device === '') fault('device must be a name or a number, got nothing; name the cell');
    return faults.length > before ? [] : [row];
  });
  if (faults.length > 0) throw faulty(file, faults);
  if (rows.length === 0) {
    throw new BadFileError(file, 'must have measurements below its head line, got none; add them');
  }
  return rows;
}

const NUMBER = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i;

interface Line {
  readonly fields: readonly string[];
  readonly line: number;
}

function recordsOf(text: string, file: string): Line[] {
  try {
    const options = {
      bom: true,
      comment: '#',
      info: true,
      relax_column_count: true,
      skip_empty_lines: true,
      trim: true,
    };
    const parsed: unknown = parse(text, options);
    return (parsed as { info: { lines: number }; record: string[] }[]).map(({ info, record }) => ({
      fields: record,
      line: info.lines,
    }));
  } catch (error) {
    if (!(error instanceof CsvError)) throw error;
    const { lines } = error as unknown as { lines?: number };
    const where = lines === undefined ? file : `${file}:${lines}`;
    throw new BadFileError(
      where,
      `must be comma-separated values, got ${error.code}; mend the quotes there`,
      error,
    );
  }
}

function columnPlaces(names: readonly string[], where: string): ReadonlyMap<string, number> {
  const places = new Map<string, number>();
  names.forEach((name, i) => {
    if (!KNOWN.includes(name)) {
      const near = nearest(name, KNOWN);
      const cure = near === null ? 'rename or remove it' : `did you mean "${near}"?`;
      throw new BadFileError(
        where,
        `must name only the columns ${KNOWN.join(', ')}, got ${JSON.stringify(name)}; ${cure}`,
      );
    }
    if (places.has(name)) {
      throw new BadFileError(where, `must name each column once, got "${name}" twice; remove one`);
    }
    places.set(name, i);
  });
  const missing = NEEDED.filter((name) => !places.has(name));
  if (missing.length > 0) {
    const found = names.join(',');
    throw new BadFileError(
      where,
      `must name the columns ${NEEDED.join(', ')}, got "${found}" without ${missing.join(', ')}; add them`,
    );
  }
  return places;
}

function faulty(file: string, faults: readonly string[]): BadFileError {
  if (faults.length === 1) {
    const [, line, what] = /^(\d+): (.*)$/su.exec(faults[0]!)!;
    return new BadFileError(`${file}:${line}`, what!);
  }
  const lines = faults.slice(0, LISTED).map((fault) => `\n  ${file}:${fault}`);
  const rest = faults.length > LISTED ? `\n  and ${faults.length - LISTED} more` : '';
  return new BadFileError(
    file,
    `must be measurements, got ${faults.length} faults; mend each:${lines.join('')}${rest}`,
  );
}
