#!/usr/bin/env node
import { reportError, run } from './run.ts';
import { processScreen } from './screen.ts';

const words = process.argv.slice(2);
const screen = processScreen();

// A reader such as `head` that has seen enough is no error.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit(0);
  throw error;
});
process.on('uncaughtException', (error) => {
  process.exit(reportError(error, words.includes('--json'), screen));
});

process.exitCode = await run(words, screen);
