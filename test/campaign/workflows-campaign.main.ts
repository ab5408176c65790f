import { workflowsCampaign } from './workflows-campaign';

/**
 * `npm run campaign:workflows [-- RUNS [SEED [FAULTS]]]`: prints a JSON line per fault and the verdict; exits 1 when a run was
 * lost, did something twice or ended in another way than it should.
 */
async function main(): Promise<number> {
  const [runs = 5_000, seed = Date.now() % 1_000_000, faults = 28] = process.argv.slice(2).map(Number);
  const print = (line: object) => process.stdout.write(`${JSON.stringify(line)}\n`);
  print({ campaign: 'workflows', runs, seed, faults });
  const started = performance.now();
  const result = await workflowsCampaign({ runs, seed, faults, pauseMs: 5_000, report: print });
  print({ campaign: 'workflows', seed, seconds: Math.round((performance.now() - started) / 1_000), ...result });
  return result.violations.length === 0 && result.audit === 'chain verified' ? 0 : 1;
}

main().then(
  (code) => process.exit(code),
  (error: unknown) => {
    process.stderr.write(`${error instanceof Error ? error.stack : String(error)}\n`);
    process.exit(1);
  },
);
