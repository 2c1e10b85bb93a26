import { quickstart } from './quickstart.ts';

// On a terminal everything keeps running, for the curl lines. With `--once`, or without a terminal, it ends.
const stays = process.stdout.isTTY && !process.argv.includes('--once');

process.exitCode = await quickstart({
  print: (text) => process.stdout.write(`${text}\n`),
  columns: process.stdout.isTTY ? process.stdout.columns : undefined,
  untilStopped: stays ? stopped : undefined,
});

function stopped(): Promise<void> {
  return new Promise((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.once(signal, () => resolve());
  });
}
