/*
 * Records as text for people: `name  value` lines and tables. No colours, no terminal width: the lines can be cut,
 * searched and compared.
 */

type Fields = Readonly<Record<string, unknown>>;

/** One line a field, names aligned; nested records indented; lists of records as tables. */
export function recordLines(value: unknown, indent = ''): string[] {
  if (isTable(value)) return tableLines(value).map((line) => indent + line);
  if (Array.isArray(value)) return value.map((item) => indent + scalar(item));
  if (!isRecord(value)) return [indent + scalar(value)];
  const fields = Object.entries(value).filter(([, field]) => field !== undefined);
  const width = Math.max(0, ...fields.map(([name]) => words(name).length));
  return fields.flatMap(([name, field]) => {
    if (isTable(field) || (isRecord(field) && Object.keys(field).length > 0)) {
      return [`${indent}${words(name)}:`, ...recordLines(field, `${indent}  `)];
    }
    return [`${indent}${words(name).padEnd(width)}  ${scalar(field)}`];
  });
}

/** A table with a head line; numbers to the right, the rest to the left; two blanks between columns. */
export function tableLines(rows: readonly Fields[], heads?: Readonly<Record<string, string>>): string[] {
  const names =
    heads === undefined ? [...new Set(rows.flatMap((row) => Object.keys(row)))] : Object.keys(heads);
  const columns = names.map((name) => {
    const cells = rows.map((row) => scalar(row[name]));
    const head = heads?.[name] ?? words(name);
    const right = rows.length > 0 && rows.every((row) => typeof row[name] === 'number' || row[name] == null);
    const width = Math.max(head.length, ...cells.map((cell) => cell.length));
    return [head, ...cells].map((cell) => (right ? cell.padStart(width) : cell.padEnd(width)));
  });
  return [...Array(rows.length + 1).keys()].map((i) =>
    columns
      .map((column) => column[i])
      .join('  ')
      .trimEnd(),
  );
}

/** A number with at most `digits` significant digits and no trailing zeros; large whole numbers in full. */
export function short(value: number, digits = 5): string {
  if (Number.isInteger(value) && Math.abs(value) < 1e15) return value.toLocaleString('en-US');
  return String(Number(value.toPrecision(digits)));
}

function scalar(value: unknown): string {
  if (value === null || value === undefined) return '-';
  if (typeof value === 'number') return short(value);
  if (typeof value === 'boolean') return value ? 'yes' : 'no';
  if (typeof value === 'string') return value;
  if (Array.isArray(value)) return value.length === 0 ? '-' : value.map(scalar).join(', ');
  return Object.entries(value)
    .map(([name, field]) => `${words(name)} ${scalar(field)}`)
    .join(', ');
}

/** `trainableParameters` as `trainable parameters`. */
function words(name: string): string {
  return name.replace(
    /([a-z0-9])([A-Z])(?![A-Z])/g,
    (_, before: string, capital: string) => `${before} ${capital.toLowerCase()}`,
  );
}

function isRecord(value: unknown): value is Fields {
  return value !== null && typeof value === 'object' && !Array.isArray(value) && !ArrayBuffer.isView(value);
}

function isTable(value: unknown): value is readonly Fields[] {
  return Array.isArray(value) && value.length > 0 && value.every(isRecord);
}
