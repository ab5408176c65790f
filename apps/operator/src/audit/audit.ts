import { once } from 'node:events';
import { createReadStream, createWriteStream, existsSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { parseArgs } from 'node:util';
import {
  createEventLog,
  createPool,
  exportLines,
  parseExport,
  publicPem,
  readAudit,
  readSealKey,
  readSealPublicKey,
  seal,
  startSealer,
  verifyChain,
  type EventLog,
  type RecordedEvent,
  type Verification,
} from '@ao/event-log';
import type { Pool } from 'pg';

export const USAGE = `Usage: npm run audit -- <command>
  verify [FILE] [--key PUBLIC]   check every event, link and seal of the log, or of an export (needs no database then)
  tail [--lines N] [--follow]    the last events, one JSON line each
  stream ID                      every event of one stream
  export FILE                    the whole log as JSON lines that verify reads
  seal [--every SECONDS]         sign the log's present end with SEAL_KEY_FILE, once or again and again
  public-key [FILE]              the public half of SEAL_KEY_FILE, for whoever verifies
`;

/** A mistake of the caller's: the sentence is all that is printed. */
export class UsageError extends Error {}

export interface AuditContext {
  readonly environment: NodeJS.ProcessEnv;
  readonly print: (line: string) => void;
  /** Ends `tail --follow`. */
  readonly signal: AbortSignal;
}

/** Runs one command; resolves with the exit code: 0, or 1 when the log is not as it was written. */
export async function audit(args: readonly string[], context: AuditContext): Promise<number> {
  const { values, positionals } = parse(args);
  const [command, operand, ...surplus] = positionals;
  if (surplus.length > 0) throw new UsageError(USAGE);
  switch (command) {
    case 'verify':
      return verify(context, operand, values.key);
    case 'tail':
      return withLog(context, (log) => tail(log, context, wholeNumber('--lines', values.lines), values.follow));
    case 'stream':
      if (operand === undefined) throw new UsageError('Name the stream: npm run audit -- stream <category>-<id>');
      return withLog(context, (log) => printStream(log, operand, context));
    case 'export':
      if (operand === undefined) throw new UsageError('Name the file to write: npm run audit -- export FILE');
      return withPool(context, (pool) => writeExport(pool, operand, context));
    case 'seal':
      return withPool(context, (pool) =>
        values.every === undefined
          ? sealNow(pool, context)
          : sealOn(pool, context, wholeNumber('--every', values.every)),
      );
    case 'public-key':
      return printPublicKey(context, operand);
    default:
      throw new UsageError(USAGE);
  }
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        key: { type: 'string' },
        every: { type: 'string' },
        lines: { type: 'string', short: 'n', default: '20' },
        follow: { type: 'boolean', short: 'f', default: false },
      },
    });
  } catch (error) {
    throw new UsageError(`${(error as Error).message}\n${USAGE}`);
  }
}

async function verify(context: AuditContext, file: string | undefined, keyFile: string | undefined): Promise<number> {
  const known = keyFile ?? (existsSync(sealKeyFile(context)) ? sealKeyFile(context) : undefined);
  const publicKey = known === undefined ? undefined : readSealPublicKey(known);
  const verification =
    file === undefined
      ? await withPool(context, (pool) => verifyChain(readAudit(pool), { publicKey }))
      : await verifyChain(parseExport(linesOf(file)), { publicKey });
  report(verification, publicKey !== undefined, context.print);
  return verification.problems.length === 0 ? 0 : 1;
}

function report(
  { events, commits, head, hash, seals, sealedTo, problems }: Verification,
  keyed: boolean,
  print: (line: string) => void,
) {
  for (const { message } of problems) print(`audit: ${message}`);
  const verdict = problems.length === 0 ? 'chain verified' : `chain BROKEN, ${problems.length} problem(s)`;
  print(`audit: ${verdict}: ${events} events in ${commits} commits, head ${head}, hash ${hash}`);
  if (seals.total === 0) print('audit: no seals yet (npm run audit -- seal)');
  else if (!keyed) print(`audit: ${seals.total} seals fit the chain; give --key PUBLIC to check their signatures`);
  else print(`audit: ${seals.verified} of ${seals.total} seals verified, the log is sealed up to position ${sealedTo}`);
}

async function tail(log: EventLog, { print, signal }: AuditContext, lines: number, follow: boolean): Promise<number> {
  let position = Math.max(0, (await log.head()) - lines);
  for (;;) {
    const events = await log.read({ after: position });
    for (const event of events) print(lineOf(event));
    position = events.at(-1)?.position ?? position;
    if (events.length > 0) continue;
    if (!follow || signal.aborted) return 0;
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, 500);
      signal.addEventListener('abort', () => (clearTimeout(timer), resolve()), { once: true });
    });
  }
}

async function printStream(log: EventLog, streamId: string, { print }: AuditContext): Promise<number> {
  let fromVersion = 1;
  for (;;) {
    const events = await log.readStream(streamId, { fromVersion });
    for (const event of events) print(lineOf(event));
    if (events.length === 0) break;
    fromVersion = events.at(-1)!.version + 1;
  }
  if (fromVersion === 1) throw new UsageError(`The log holds no stream '${streamId}'.`);
  return 0;
}

/** JSON escapes every control character, so an event can neither forge a line nor steer the terminal. */
const lineOf = (event: RecordedEvent) => JSON.stringify(event);

async function writeExport(pool: Pool, file: string, { print }: AuditContext): Promise<number> {
  const out = createWriteStream(file, { mode: 0o600 });
  let failure: Error | undefined;
  out.once('error', (error) => (failure = error));
  let records = -1;
  for await (const line of exportLines(readAudit(pool))) {
    if (failure) throw failure;
    records += 1;
    if (!out.write(`${line}\n`)) await Promise.race([once(out, 'drain'), once(out, 'error')]);
  }
  out.end();
  await once(out, 'close');
  if (failure) throw failure;
  print(`audit: ${records} records written to ${file}`);
  return 0;
}

async function sealNow(pool: Pool, context: AuditContext): Promise<number> {
  const position = await seal(pool, readSealKey(sealKeyFile(context)));
  context.print(position === undefined ? 'audit: nothing new to seal' : `audit: sealed up to position ${position}`);
  return 0;
}

/** Until it is interrupted. A failure is told and tried again: what is not sealed now is sealed with the next one. */
async function sealOn(pool: Pool, context: AuditContext, seconds: number): Promise<number> {
  const privateKey = readSealKey(sealKeyFile(context));
  const sealer = startSealer({
    pool,
    privateKey,
    intervalMs: Math.max(1, seconds) * 1_000,
    onSeal: (position) => context.print(`audit: sealed up to position ${position}`),
    onError: (error) => context.print(`audit: could not seal: ${error.message}`),
  });
  if (!context.signal.aborted)
    await new Promise((resolve) => context.signal.addEventListener('abort', resolve, { once: true }));
  await sealer.stop();
  return 0;
}

function printPublicKey(context: AuditContext, file: string | undefined): number {
  const pem = publicPem(readSealKey(sealKeyFile(context)));
  if (file === undefined) {
    context.print(pem.trimEnd());
  } else {
    writeFileSync(file, pem);
    context.print(`audit: public key written to ${file}`);
  }
  return 0;
}

/** The private key's place: as configured, or where the embedded default keeps it. */
function sealKeyFile({ environment }: AuditContext): string {
  return environment.SEAL_KEY_FILE || path.join(environment.DATA_DIR || '.data', 'seal-key.pem');
}

async function* linesOf(file: string): AsyncGenerator<string, void, undefined> {
  yield* createInterface({ input: createReadStream(file), crlfDelay: Infinity });
}

async function withPool<Result>({ environment }: AuditContext, work: (pool: Pool) => Promise<Result>): Promise<Result> {
  const url = environment.DATABASE_URL;
  if (!url) throw new UsageError('No event log found: run npm start once, or set DATABASE_URL to the log’s database.');
  const pool = createPool(url, { applicationName: 'ao-audit', max: 2 });
  try {
    return await work(pool);
  } finally {
    await pool.end();
  }
}

function withLog(context: AuditContext, work: (log: EventLog) => Promise<number>): Promise<number> {
  return withPool(context, async (pool) => {
    const log = createEventLog({ pool });
    try {
      return await work(log);
    } finally {
      await log.close();
    }
  });
}

function wholeNumber(option: string, text: string): number {
  if (!/^\d{1,6}$/.test(text)) throw new UsageError(`${option} takes a whole number, not '${text}'`);
  return Number(text);
}
