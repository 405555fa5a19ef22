import { BadFileError } from '../core/errors.ts';

/**
 * One row of `samples.jsonl`: what one chip, of one age, at one noise scale, in one read, made of the task.
 * Rows are append-only; the key is (arm, chip, seconds, noise, read, source).
 */
export interface Sample {
  /** Name of the bundle, with `/adapter` where the bundle holds several. */
  readonly arm: string;
  /** Seed of the chip; null is the clean digital model. */
  readonly chip: number | null;
  /** Age: seconds since the profile's reference read. */
  readonly seconds: number;
  /** Multiplies the profile's random spreads; 1 = as authored. */
  readonly noise: number;
  /** Number of the repeated read, from 0. */
  readonly read: number;
  /** `all`, or what `--ablate` left on. */
  readonly source: string;
  /** Value by metric name; null where the metric is undefined (a correlation of constants, say). */
  readonly metrics: Readonly<Record<string, number | null>>;
  /** How many examples the metrics are over. */
  readonly examples: number;
  /** Base64 of one bit an example (1 = right), the first example in the lowest bit; empty where right and wrong have no meaning. */
  readonly outcomes: string;
  /** Share of the inputs to converters that lay beyond the range, 0..1, on a fixed subset; null = not counted. */
  readonly clippedInputs: number | null;
  /** Share of the conversions that saturated, 0..1, on a fixed subset; null = not counted. */
  readonly saturatedConversions: number | null;
}

/** Text that is equal for two samples exactly if they are of the same cell of the plan. */
export function sampleKey(
  sample: Pick<Sample, 'arm' | 'chip' | 'seconds' | 'noise' | 'read' | 'source'>,
): string {
  return JSON.stringify([sample.arm, sample.chip, sample.seconds, sample.noise, sample.read, sample.source]);
}

/** The bits of `outcomes`, one byte an example: 1 right, 0 wrong. Length = `examples`. */
export function outcomeBits(sample: Pick<Sample, 'outcomes' | 'examples'>): Uint8Array {
  const packed = Buffer.from(sample.outcomes, 'base64');
  return Uint8Array.from({ length: sample.examples }, (_, i) => ((packed[i >> 3] ?? 0) >> (i & 7)) & 1);
}

/** What `parseSamples` found: the rows, and whether an unfinished last line was left out. */
export interface SamplesText {
  readonly samples: readonly Sample[];
  readonly tornLastLine: boolean;
}

/**
 * Reads the text of a `samples.jsonl`. A last line without its line end that does not parse is what a killed run
 * leaves; it is left out and reported in `tornLastLine`. Every other fault is refused.
 * @throws BadFileError naming the line: not JSON, a missing or wrong field, a row that is there twice.
 */
export function parseSamples(text: string, where: string): SamplesText {
  const lines = text.split('\n');
  const unfinished = lines.pop() as string;
  const samples = lines.map((line, i) => parseSample(line, `${where}:${i + 1}`));
  let tornLastLine = false;
  if (unfinished !== '') {
    if (isJson(unfinished)) samples.push(parseSample(unfinished, `${where}:${lines.length + 1}`));
    else tornLastLine = true;
  }
  const lineOfKey = new Map<string, number>();
  samples.forEach((sample, i) => {
    const key = sampleKey(sample);
    const first = lineOfKey.get(key);
    if (first !== undefined) {
      throw new BadFileError(
        `${where}:${i + 1}`,
        `each (arm, chip, seconds, noise, read, source) must occur once, got ${key} again after line ${first}; delete one of the two lines`,
      );
    }
    lineOfKey.set(key, i + 1);
  });
  return { samples, tornLastLine };
}

/** Reads one line of a `samples.jsonl`. @throws BadFileError naming the field that is wrong. */
export function parseSample(line: string, where: string): Sample {
  let row: Record<string, unknown>;
  try {
    row = JSON.parse(line) as Record<string, unknown>;
  } catch (error) {
    throw new BadFileError(
      where,
      `must be one JSON object, got ${quoted(line)}; restore or delete the line`,
      error,
    );
  }
  if (row === null || typeof row !== 'object' || Array.isArray(row)) {
    throw new BadFileError(where, `must be one JSON object, got ${quoted(line)}; restore or delete the line`);
  }
  const sample: Sample = {
    arm: expect(row, 'arm', where, 'a name', (v) => typeof v === 'string' && v !== ''),
    chip: expect(
      row,
      'chip',
      where,
      'a seed (a whole number from 0) or null',
      (v) => v === null || isCount(v),
    ),
    seconds: expect(row, 'seconds', where, 'a number from 0', isFromZero),
    noise: expect(row, 'noise', where, 'a number from 0', isFromZero),
    read: expect(row, 'read', where, 'a whole number from 0', isCount),
    source: expect(row, 'source', where, 'a name', (v) => typeof v === 'string' && v !== ''),
    metrics: expect(row, 'metrics', where, 'an object of finite numbers or nulls', isMetrics),
    examples: expect(row, 'examples', where, 'a whole number from 1', (v) => isCount(v) && v !== 0),
    outcomes: expect(row, 'outcomes', where, 'base64 text', (v) => typeof v === 'string' && isBase64(v)),
    clippedInputs: expect(row, 'clippedInputs', where, 'a share from 0 to 1 or null', isShare),
    saturatedConversions: expect(row, 'saturatedConversions', where, 'a share from 0 to 1 or null', isShare),
  };
  checkOutcomes(sample, where);
  return sample;
}

function expect<T>(
  row: Record<string, unknown>,
  field: string,
  where: string,
  must: string,
  holds: (value: unknown) => boolean,
): T {
  const value = row[field];
  if (!holds(value)) {
    const got = value === undefined ? 'nothing' : quoted(JSON.stringify(value));
    throw new BadFileError(where, `"${field}" must be ${must}, got ${got}; evaluate that row again`);
  }
  return value as T;
}

/** The bits must be as many as the examples, and their share must be the accuracy where there is one. */
function checkOutcomes(sample: Sample, where: string): void {
  if (sample.outcomes === '') return;
  const bytes = Buffer.from(sample.outcomes, 'base64').length;
  const needed = Math.ceil(sample.examples / 8);
  if (bytes !== needed) {
    throw new BadFileError(
      where,
      `"outcomes" must hold ${needed} bytes for ${sample.examples} examples, got ${bytes}; evaluate that row again`,
    );
  }
  const accuracy = sample.metrics.accuracy;
  if (accuracy === undefined || accuracy === null) return;
  const share = outcomeBits(sample).reduce((sum, bit) => sum + bit, 0) / sample.examples;
  // Half a unit of the fourth decimal: a writer may have rounded the metric.
  if (Math.abs(share - accuracy) > 5e-5) {
    throw new BadFileError(
      where,
      `"metrics.accuracy" must be the share of ones in "outcomes", got ${accuracy} and ${share}; evaluate that row again`,
    );
  }
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

// JSON can spell an infinity (1e999), so finiteness is asked of every number.
const isNumber = (v: unknown): v is number => typeof v === 'number' && Number.isFinite(v);
const isCount = (v: unknown): boolean => Number.isSafeInteger(v) && (v as number) >= 0;
const isFromZero = (v: unknown): boolean => isNumber(v) && v >= 0;
const isShare = (v: unknown): boolean => v === null || (isNumber(v) && v >= 0 && v <= 1);
const isBase64 = (v: string): boolean => v.length % 4 === 0 && /^[A-Za-z0-9+/]*={0,2}$/.test(v);
const isMetrics = (v: unknown): boolean =>
  v !== null &&
  typeof v === 'object' &&
  !Array.isArray(v) &&
  Object.values(v).every((x) => x === null || isNumber(x));

function quoted(text: string): string {
  return text.length > 60 ? `${text.slice(0, 57)}...` : text;
}
