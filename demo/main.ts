import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { StartupError } from '@ao/embedded';
import { root } from '../apps/launcher/src/programs';
import { InterruptedStart } from '../apps/launcher/src/stack';
import { removeAbandoned } from './data-folder';
import { DemoError } from './documents';
import { readOptions, USAGE } from './options';
import { runDemo } from './run-demo';

/** `npm run demo`: arguments, signals and exit codes; what is shown is in run-demo.ts. */
async function main(): Promise<number> {
  // npm changes into the project's folder; INIT_CWD is where the person stands.
  const options = readOptions(process.argv.slice(2), root, process.env.INIT_CWD ?? process.cwd());
  if (options.help) {
    process.stdout.write(`${USAGE}\n`);
    return 0;
  }
  const interrupted = new AbortController();
  let hurry: (() => void) | undefined;
  const onSignal = () => {
    if (interrupted.signal.aborted) return hurry?.();
    process.stderr.write('\nStopping everything; once more to stop it at once.\n');
    interrupted.abort(new DemoError('The demo was interrupted'));
  };
  process.on('SIGINT', onSignal);
  process.on('SIGTERM', onSignal);
  await mkdir(path.dirname(options.report), { recursive: true });
  await removeAbandoned(root, (line) => process.stderr.write(`${line}\n`));
  try {
    await runDemo(options, { root, signal: interrupted.signal, onHurry: (end) => (hurry = end) });
    return 0;
  } catch (error) {
    if (interrupted.signal.aborted || error instanceof InterruptedStart) return 130;
    throw error;
  }
}

main().then(
  (code) => process.exit(code),
  (error: unknown) => {
    const isExpected = error instanceof DemoError || error instanceof StartupError;
    const text =
      error instanceof Error ? (isExpected ? error.message : `The demo failed: ${error.message}`) : String(error);
    process.stderr.write(`\n${text}\n`);
    if (process.env.LOG_LEVEL === 'debug' && error instanceof Error) process.stderr.write(`${error.stack}\n`);
    process.exit(1);
  },
);
