import { crashCampaign, prepareCampaigns } from './crash-campaign.testing';

/**
 * `npm run campaign:log [-- KILLS [SEED]]`: the crash campaign of the event log at length. Prints a line per fault and
 * the verdict; exits 1 when an acknowledged append was lost, a unit torn apart or a command run twice.
 */
async function main(): Promise<number> {
  const kills = Number(process.argv[2] ?? 50);
  const seed = Number(process.argv[3] ?? Date.now() % 1_000_000);
  const ground = await prepareCampaigns();
  try {
    const result = await crashCampaign(ground, {
      kills,
      seed,
      writers: 32,
      calmMs: 1_500,
      report: (line) => process.stdout.write(`${line}\n`),
    });
    process.stdout.write(`${JSON.stringify({ campaign: 'log', kills, seed, ...result })}\n`);
    return result.lost + result.partial + result.duplicated === 0 ? 0 : 1;
  } finally {
    ground.remove();
  }
}

main().then(
  (code) => process.exit(code),
  (error: unknown) => {
    process.stderr.write(`${error instanceof Error ? error.stack : String(error)}\n`);
    process.exit(1);
  },
);
