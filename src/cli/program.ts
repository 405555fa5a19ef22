import { Command, Help } from 'commander';
import { registerAdapter } from './commands/adapter.ts';
import { registerCheck } from './commands/check.ts';
import { registerChip } from './commands/chip.ts';
import { registerCompare } from './commands/compare.ts';
import { registerCompile } from './commands/compile.ts';
import { registerDemo } from './commands/demo.ts';
import { registerDoctor } from './commands/doctor.ts';
import { registerEvaluate } from './commands/evaluate.ts';
import { registerMerge } from './commands/merge.ts';
import { registerModel } from './commands/model.ts';
import { registerPredict } from './commands/predict.ts';
import { registerProfile } from './commands/profile.ts';
import { registerReport } from './commands/report.ts';
import { registerScore } from './commands/score.ts';
import { registerTile } from './commands/tile.ts';
import { registerTrain } from './commands/train.ts';
import { registerVerify } from './commands/verify.ts';
import { addExamples, example } from './examples.ts';
import type { Host } from './host.ts';
import { colours, type Screen } from './screen.ts';

type Register = (parent: Command, host: Host) => void;

/** The commands as `holdfast --help` lists them. */
const GROUPS: ReadonlyArray<readonly [heading: string, commands: readonly Register[]]> = [
  ['Start here:', [registerDemo, registerDoctor]],
  ['Devices:', [registerProfile, registerTile]],
  ['Models and adapters:', [registerModel, registerTrain, registerAdapter, registerPredict, registerScore]],
  ['Chips:', [registerCompile, registerVerify, registerChip]],
  ['Results:', [registerEvaluate, registerMerge, registerCompare, registerReport, registerCheck]],
];

const PURPOSE =
  'Train tiny adapters for transformers, compile them onto simulated analog in-memory chips,\n' +
  'and report how accuracy holds over chips, time and noise.';

/** The whole command line as a commander program that writes to `screen`. Loads no flow and no heavy package. */
export function buildProgram(host: Host, screen: Screen): Command {
  const program = new Command('holdfast');
  const paint = colours(screen, 'out');
  program
    .description(PURPOSE)
    .configureOutput({
      writeOut: screen.out,
      writeErr: screen.err,
      // What is wrong with a command line is reworded and printed by run.ts.
      outputError: () => undefined,
      getOutHelpWidth: () => screen.columns,
      getErrHelpWidth: () => screen.columns,
      getOutHasColors: () => paint.level > 0,
      getErrHasColors: () => colours(screen, 'err').level > 0,
    })
    .configureHelp({
      // A switch that is off unless given needs no "(default: false)".
      optionDescription: (option) => new Help().optionDescription(option).replace(' (default: false)', ''),
      styleTitle: (text) => paint.bold(text),
      styleCommandText: (text) => paint.cyan(text),
      styleSubcommandText: (text) => paint.cyan(text),
      styleOptionText: (text) => paint.cyan(text),
    })
    .option('-V, --version', 'print the version, with --json as a record')
    .showSuggestionAfterError(true);
  for (const [heading, commands] of GROUPS) {
    program.commandsGroup(heading);
    for (const register of commands) register(program, host);
  }
  program.commandsGroup('Help:').helpCommand('help [command]', 'The same as COMMAND --help');
  addExamples(
    program,
    example('the whole story on the embedded model and data', 'holdfast demo'),
    example('what a device profile says', 'holdfast profile show pcm-nandakumar-2019'),
  );
  return program;
}
