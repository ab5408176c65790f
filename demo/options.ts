import path from 'node:path';
import { parseArgs } from 'node:util';
import { DemoError } from './documents';

export interface DemoOptions {
  readonly folder: string;
  readonly report: string;
  readonly keep: boolean;
  readonly help: boolean;
}

export const USAGE = `Usage: npm run demo [-- FOLDER] [--keep] [--report FILE]

  FOLDER         whose text documents are indexed; default: the project's own docs
  --keep         leave everything running afterwards, and print addresses and credentials
  --report FILE  where the report is written; default: demo-report/index.html`;

/** @throws DemoError for arguments that mean nothing */
export function readOptions(args: readonly string[], root: string, startedIn: string): DemoOptions {
  let parsed;
  try {
    parsed = parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        keep: { type: 'boolean', default: false },
        report: { type: 'string' },
        help: { type: 'boolean', short: 'h', default: false },
      },
    });
  } catch (error) {
    throw new DemoError(`${(error as Error).message.split('\n')[0]}\n${USAGE}`);
  }
  const { values, positionals } = parsed;
  if (positionals.length > 1) throw new DemoError(`Give one folder, not ${positionals.length}\n${USAGE}`);
  const [folder] = positionals;
  return {
    folder: folder === undefined ? path.join(root, 'docs') : path.resolve(startedIn, folder),
    report: values.report ? path.resolve(startedIn, values.report) : path.join(root, 'demo-report', 'index.html'),
    keep: values.keep,
    help: values.help,
  };
}
