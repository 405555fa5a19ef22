import { BadFileError } from '../core/errors.ts';

/** What `adapter_config.json` of Hugging Face's PEFT says, as far as it changes what an adapter computes. */
export interface PeftConfig {
  readonly type: 'LORA' | 'IA3';
  readonly taskType: string | null;
  readonly targets: PeftTargets;
  /** Modules that are stored whole, such as the task head. */
  readonly saved: readonly string[];
  /** LoRA: rank, alpha, and where they differ, by patterns of module names. */
  readonly rank: number;
  readonly alpha: number;
  readonly rankPattern: Readonly<Record<string, number>>;
  readonly alphaPattern: Readonly<Record<string, number>>;
  readonly rankStabilised: boolean;
  /** (IA)^3: the modules whose input is scaled; a pattern, or ends of names. */
  readonly feedForward: Names;
}

/** A pattern that a whole name matches, or a list of names. */
export type Names = string | readonly string[];

/** Which modules of the model are adapted. */
export interface PeftTargets {
  /** A pattern, `all-linear`, or ends of names. */
  readonly modules: Names;
  readonly excluded: Names;
  /** Block numbers that a list of targets is held to; empty: all. */
  readonly blocks: readonly number[];
  readonly blockPatterns: readonly string[];
}

type Json = Readonly<Record<string, unknown>>;

/** Read here. */
const READ = new Set([
  'peft_type',
  'task_type',
  'target_modules',
  'exclude_modules',
  'layers_to_transform',
  'layers_pattern',
  'modules_to_save',
  'r',
  'lora_alpha',
  'rank_pattern',
  'alpha_pattern',
  'use_rslora',
  'feedforward_modules',
  'bias',
  'init_lora_weights',
]);

/** Of no effect on what a finished adapter computes. `fan_in_fan_out`: how the base stores its weights. */
const WITHOUT_EFFECT = new Set([
  'auto_mapping',
  'base_model_name_or_path',
  'eva_config',
  'ensure_weight_tying',
  'fan_in_fan_out',
  'inference_mode',
  'init_ia3_weights',
  'lora_dropout',
  'megatron_core',
  'peft_version',
  'qalora_group_size',
  'revision',
]);

/** Starts of LoRA that leave the base as it is; others move a part of its weights into the adapter. */
const STARTS: readonly unknown[] = [true, false, 'gaussian', 'eva', 'orthogonal'];

const TASKS: readonly unknown[] = [null, 'SEQ_CLS', 'FEATURE_EXTRACTION', 'CAUSAL_LM'];

/**
 * Reads the text of an `adapter_config.json`.
 * @throws BadFileError naming the setting, if it is malformed or one that our adapters cannot carry exactly
 */
export function parsePeftConfig(text: string, where: string): PeftConfig {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (error) {
    throw new BadFileError(
      where,
      `must be JSON, got ${(error as Error).message}; save it again with PEFT`,
      error,
    );
  }
  if (!isRecord(json)) {
    throw new BadFileError(where, `must be a JSON object, got ${shown(json)}; save it again with PEFT`);
  }
  const must = (key: string, holds: boolean, what: string, cure = 'save it again with PEFT'): void => {
    if (!holds) throw new BadFileError(where, `"${key}" must be ${what}, got ${shown(json[key])}; ${cure}`);
  };
  const type = json.peft_type;
  must('peft_type', type === 'LORA' || type === 'IA3', 'LORA or IA3', 'no other method can be imported');
  refuseWhatWeCannotCarry(json, must);
  const names = (key: string): Names => {
    const value = json[key] ?? [];
    must(key, typeof value === 'string' || isTexts(value), 'a text or a list of texts');
    return value as Names;
  };
  const listOf = (value: Names): readonly string[] => (typeof value === 'string' ? [value] : value);
  const blocks = [json.layers_to_transform ?? []].flat();
  must('layers_to_transform', blocks.every(isWhole), 'a whole number or a list of them');
  const numbers = (key: string, holds: (value: unknown) => boolean, what: string) => {
    const value = json[key] ?? {};
    must(key, isRecord(value) && Object.values(value).every(holds), `an object of ${what}`);
    return value as Readonly<Record<string, number>>;
  };
  const isRank = (value: unknown) => isWhole(value) && (value as number) >= 1;
  const isAlpha = (value: unknown) => Number.isFinite(value) && (value as number) > 0;
  if (type === 'LORA') {
    must('r', isRank(json.r), 'a whole number of at least 1');
    must('lora_alpha', isAlpha(json.lora_alpha), 'a number above 0');
  }
  must('target_modules', (json.target_modules ?? null) !== null, 'a text or a list of texts');
  return {
    type: type as PeftConfig['type'],
    taskType: (json.task_type ?? null) as string | null,
    targets: {
      modules: names('target_modules'),
      excluded: names('exclude_modules'),
      blocks: blocks as number[],
      blockPatterns: listOf(names('layers_pattern')),
    },
    saved: listOf(names('modules_to_save')),
    rank: type === 'LORA' ? (json.r as number) : 0,
    alpha: type === 'LORA' ? (json.lora_alpha as number) : 0,
    rankPattern: numbers('rank_pattern', isRank, 'whole numbers of at least 1'),
    alphaPattern: numbers('alpha_pattern', isAlpha, 'numbers above 0'),
    rankStabilised: json.use_rslora === true,
    feedForward: names('feedforward_modules'),
  };
}

function refuseWhatWeCannotCarry(
  json: Json,
  must: (key: string, holds: boolean, what: string, cure?: string) => void,
): void {
  const cure = 'what it asks for cannot be carried exactly: merge the adapter into its model with PEFT';
  must('task_type', TASKS.includes(json.task_type ?? null), 'SEQ_CLS, FEATURE_EXTRACTION or CAUSAL_LM', cure);
  must('bias', (json.bias ?? 'none') === 'none', '"none"', cure);
  must(
    'init_lora_weights',
    STARTS.includes(json.init_lora_weights ?? true),
    `a start that leaves the base as it is (${STARTS.map((start) => JSON.stringify(start)).join(', ')})`,
    'save the adapter with path_initial_model_for_weight_conversion, which makes it a plain one',
  );
  for (const [key, value] of Object.entries(json)) {
    if (READ.has(key) || WITHOUT_EFFECT.has(key)) continue;
    must(key, isUnset(value), 'unset', cure);
  }
}

function isUnset(value: unknown): boolean {
  if (value === null || value === false) return true;
  return typeof value === 'object' && Object.keys(value).length === 0;
}

function isRecord(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isTexts(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.every((one) => typeof one === 'string');
}

function isWhole(value: unknown): boolean {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}

function shown(value: unknown): string {
  return value === undefined ? 'nothing' : JSON.stringify(value).slice(0, 80);
}
