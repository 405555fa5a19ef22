import { availableParallelism } from 'node:os';
import { type Command, Option } from 'commander';
import { parseDuration, parseDurations } from '../core/duration.ts';
import { MOST_NOISE_SCALE } from '../core/noise-scale.ts';
import { neededOption } from './needed-option.ts';
import { columns, decimal, list, seed, temperature, whole } from './option-values.ts';

/*
 * Options that several commands share, so that they read and behave alike everywhere. Each function adds one option.
 */

export type EngineName = 'onnxruntime' | 'tfjs-node';

/** `--json`: on every command. */
export function jsonOption(command: Command): Command {
  return command.option('--json', 'print one JSON document on stdout instead of text');
}

/** `--seed N`: wherever anything is drawn. */
export function seedOption(command: Command, draws: string): Command {
  return command.addOption(
    new Option('--seed <n>', `seed of ${draws}: a whole number from 0`).argParser(seed('--seed')).default(1),
  );
}

/** `--temperature T`: wherever a chip is made. */
export function temperatureOption(command: Command): Command {
  return command.addOption(
    new Option(
      '--temperature <T>',
      'temperature of the chip with its unit, such as 358K or 85degC, within what the profile supports (default: its reference)',
    ).argParser(temperature('--temperature')),
  );
}

/** `--cycles N`: wherever a chip is made. */
export function cyclesOption(command: Command, beside = ''): Command {
  return command.addOption(
    new Option(
      '--cycles <n>',
      `${beside}write cycles that each cell has been through, such as 1e5, within what the profile supports (default: fresh cells)`,
    ).argParser(decimal('--cycles', { min: 1 })),
  );
}

/** `--jobs N`: wherever work is spread. */
export function jobsOption(command: Command): Command {
  return command.addOption(
    new Option('--jobs <n>', 'workers at a time')
      .argParser(whole('--jobs', { min: 1, max: 1024 }))
      .default(availableParallelism(), 'the number of cores'),
  );
}

/** `--engine NAME`: wherever a graph is run. */
export function engineOption(command: Command): Command {
  return command.addOption(
    new Option('--engine <name>', 'numeric engine')
      .choices(['onnxruntime', 'tfjs-node'])
      .default('onnxruntime'),
  );
}

/** `--out PATH`, needed, and `--force`. */
export function outOption(command: Command, what: string, how = 'written whole or not at all'): Command {
  neededOption(command, new Option('--out <path>', `${what}; ${how}`));
  return command.option('--force', 'replace what is at --out already', false);
}

/** `--model M`, needed, and `--tokenizer PATH`. */
export function modelOption(command: Command): Command {
  neededOption(
    command,
    new Option(
      '--model <model>',
      'use-lite, a folder with config.json and model.safetensors (BERT, RoBERTa, XLM-RoBERTa, CamemBERT, ELECTRA, DistilBERT, MPNet, GPT-2), or an .onnx file',
    ),
  );
  return tokenizerOption(command);
}

/** `--tokenizer PATH`: an ONNX file holds none. */
export function tokenizerOption(command: Command): Command {
  return command.option(
    '--tokenizer <path>',
    'of an .onnx model: tokenizer.json or its folder (default: tokenizer.json beside the model)',
  );
}

/** `--profile P`. */
export function profileOption(command: Command, isNeeded: boolean): Command {
  const text = 'device profile: a shipped name (see "holdfast profile list") or the path of a .json';
  const option = new Option('--profile <profile>', text);
  return isNeeded ? neededOption(command, option) : command.addOption(option);
}

/** `--task T`, needed. */
export function taskOption(command: Command, what: string): Command {
  return neededOption(command, new Option('--task <task>', what));
}

/** `--data DIR`, and `--columns` of own data. */
export function dataOption(command: Command): Command {
  command.option('--data <dir>', "the task's files in their own layout; reviews needs none");
  return command.addOption(
    new Option(
      '--columns <names>',
      'custom: columns or fields of its files, such as text=question,pair=answer,label=gold (default: text, pair, label)',
    ).argParser(columns('--columns')),
  );
}

/** `--at LIST`: times since the reference read after writing. */
export function timesOption(command: Command, byDefault: string): Command {
  return command.addOption(
    new Option('--at <times>', 'times after writing, parted by commas, such as 0s,90m,1h,30d,1y')
      .argParser((text: string) => parseDurations(text, '--at'))
      .default(parseDurations(byDefault, '--at'), byDefault),
  );
}

/** `--at T`: one time since the reference read after writing. */
export function timeOption(command: Command, flag = '--at', byDefault = '0s'): Command {
  return command.addOption(
    new Option(`${flag} <time>`, 'time after writing, such as 0s, 90m, 1h, 30d, 1y')
      .argParser((text: string) => parseDuration(text, flag))
      .default(parseDuration(byDefault, flag), byDefault),
  );
}

/** `--noise LIST`: noise scales. */
export function noisesOption(command: Command, byDefault: number): Command {
  return command.addOption(
    new Option(
      '--noise <scales>',
      'noise scales, parted by commas; 1 = the profile as authored, 0 = no random spread',
    )
      .argParser(list('--noise', decimal('--noise', { min: 0, max: MOST_NOISE_SCALE })))
      .default([byDefault], String(byDefault)),
  );
}

/** One noise scale under any name. */
export function noiseOption(command: Command, flag: string, what: string): Command {
  return command.addOption(
    new Option(`${flag} <scale>`, `${what}; 1 = the profile as authored, 0 = no random spread`)
      .argParser(decimal(flag, { min: 0, max: MOST_NOISE_SCALE }))
      .default(1),
  );
}
