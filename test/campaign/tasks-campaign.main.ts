import { appendFileSync, mkdirSync, rmSync } from 'node:fs';
import path from 'node:path';
import { tasksCampaign } from './tasks-campaign';

/**
 * `npm run campaign:tasks [-- TASKS [SEED [FAULTS]]]`: prints a JSON line per fault and the verdict, keeps what submitters
 * were told in .cache/campaign; exits 1 when a task was lost, done twice or anything else is not as it should be.
 */
async function main(): Promise<number> {
  const [tasks = 20_000, seed = Date.now() % 1_000_000, faults = 64] = process.argv.slice(2).map(Number);
  const journal = path.resolve('.cache', 'campaign', `tasks-${seed}.jsonl`);
  mkdirSync(path.dirname(journal), { recursive: true });
  rmSync(journal, { force: true });
  const print = (line: object) => process.stdout.write(`${JSON.stringify(line)}\n`);
  print({ campaign: 'tasks', tasks, seed, faults, journal: path.relative(process.cwd(), journal) });
  const started = performance.now();
  const result = await tasksCampaign({
    tasks,
    seed,
    faults,
    longestFreezeMs: 30_000,
    report: print,
    noted: (submission) => appendFileSync(journal, `${JSON.stringify(submission)}\n`),
  });
  print({ campaign: 'tasks', tasks, seed, seconds: Math.round((performance.now() - started) / 1_000), ...result });
  return result.violations.length === 0 && result.audit === 'chain verified' ? 0 : 1;
}

main().then(
  (code) => process.exit(code),
  (error: unknown) => {
    process.stderr.write(`${error instanceof Error ? error.stack : String(error)}\n`);
    process.exit(1);
  },
);
