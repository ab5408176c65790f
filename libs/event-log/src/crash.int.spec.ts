import { crashCampaign, prepareCampaigns, type CampaignGround, type CampaignOptions } from './crash-campaign.testing';
import { WITHOUT_DURABLE_COMMIT } from './mutants.testing';
import { unitOn } from './unit.testing';

/** A short run of the campaign (`npm run campaign:log` is the long one), and the faults that it must notice. */

const seed = Number(process.env.CAMPAIGN_SEED ?? Date.now() % 1_000_000);
const short: CampaignOptions = { kills: 4, writers: 16, calmMs: 500, seed };

/** The WAL writer flushes so seldom that an unflushed commit is really lost by the kill. */
const LAZY_WAL = { synchronous_commit: 'off', wal_writer_delay: '10s' };

// Starts and kills servers: slow on a machine that is busy.
jest.setTimeout(180_000);

let ground: CampaignGround;
beforeAll(async () => {
  ground = await prepareCampaigns();
});
afterAll(() => ground.remove());

it('should lose, tear and repeat nothing when Postgres is killed under load (L1, L2, L3)', async () => {
  const result = await crashCampaign(ground, short);
  expect({ seed, ...result }).toMatchObject({ seed, lost: 0, partial: 0, duplicated: 0 });
  expect(result.acknowledged).toBeGreaterThan(200);
  expect(result.retried).toBeGreaterThan(0);
});

it('should lose nothing on a server that would not wait for its disk: the append does (L1)', async () => {
  const result = await crashCampaign(ground, { ...short, kills: 1, faults: ['kill'], settings: LAZY_WAL });
  expect({ seed, ...result }).toMatchObject({ seed, lost: 0, partial: 0, duplicated: 0 });
});

it('should notice acknowledged appends that are lost (L1)', async () => {
  const result = await crashCampaign(ground, {
    ...short,
    kills: 1,
    faults: ['kill'],
    settings: LAZY_WAL,
    mutation: WITHOUT_DURABLE_COMMIT,
  });
  expect(result.lost).toBeGreaterThan(0);
});

it('should notice units whose events are committed one by one (L2)', async () => {
  const result = await crashCampaign(ground, {
    ...short,
    kills: 2,
    faults: ['kill'],
    resolveMs: 50,
    appendWith: async (log, unit) => {
      const { stream_id, events } = unit.streams[0]!;
      for (const [version, event] of events.entries()) {
        // Under ids of their own, or the second would be a retry of the first; found again by the unit's id.
        const piece = unitOn([{ stream_id, expected_version: version, events: [event] }]);
        await log.append({ ...piece, metadata: { ...piece.metadata, correlation_id: unit.metadata.command_id } });
      }
      return { kind: 'appended' };
    },
  });
  expect(result.partial).toBeGreaterThan(0);
});
