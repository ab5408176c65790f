import { audit, UsageError } from './audit/audit';

/** `npm run audit`: looks into the log and proves that it is as it was written. */
const interrupted = new AbortController();
process.once('SIGINT', () => interrupted.abort());
process.once('SIGTERM', () => interrupted.abort());
// `audit tail | head` closes the pipe: that is the end of the work, not a failure.
process.stdout.on('error', () => process.exit(0));

audit(process.argv.slice(2), {
  environment: process.env,
  print: (line) => process.stdout.write(`${line}\n`),
  signal: interrupted.signal,
})
  .then((code) => {
    process.exitCode = code;
  })
  .catch((error: Error & { code?: string; cause?: { code?: string } }) => {
    const code = error.code ?? error.cause?.code;
    const unreachable = code === 'ECONNREFUSED' || code === 'ENOTFOUND';
    const sentence = unreachable ? 'Postgres does not answer at DATABASE_URL.' : error.message;
    process.stderr.write(`${error instanceof UsageError ? '' : 'audit: '}${sentence}\n`);
    process.exitCode = 2;
  });
