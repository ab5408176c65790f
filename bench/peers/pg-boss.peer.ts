import { pause } from '../figures';
import { packageOfPeers, type Payload, type Peer } from './peer';

interface Job {
  readonly id: string;
  readonly data: Payload;
}

interface Boss {
  on(event: 'error', listener: (error: Error) => void): void;
  start(): Promise<unknown>;
  createQueue(name: string): Promise<void>;
  send(name: string, data: Payload): Promise<unknown>;
  insert(jobs: readonly { name: string; data: Payload }[]): Promise<unknown>;
  fetch(name: string, options: { batchSize: number }): Promise<Job[]>;
  complete(name: string, ids: readonly string[]): Promise<unknown>;
  stop(options: { graceful: boolean }): Promise<void>;
}

const QUEUE = 'bench';
const BATCH = 500;
/** Loops that fetch: more only wait for each other's rows. */
const LOOPS = 2;
const IDLE_MS = 2;

/**
 * `work()` looks for jobs every 0.5 s at the most often, so the workers are loops over `fetch` and `complete`, which is what
 * the library offers to whoever is in a hurry.
 */
export async function openPgBoss(url: string): Promise<Peer> {
  const PgBoss = packageOfPeers<new (options: object) => Boss>('pg-boss');
  const boss = new PgBoss({ connectionString: url, max: 10, schedule: false });
  boss.on('error', (error) => process.stderr.write(`pg-boss: ${error.message}\n`));
  await boss.start();
  await boss.createQueue(QUEUE);
  return {
    steady: 'batched',
    drains: ['batched'],
    submit: (payload) => boss.send(QUEUE, payload),
    submitMany: (payloads) => boss.insert(payloads.map((data) => ({ name: QUEUE, data }))),
    work: async (_how, handle) => {
      let stopped = false;
      const loops = Array.from({ length: LOOPS }, async () => {
        while (!stopped) {
          const jobs = await boss.fetch(QUEUE, { batchSize: BATCH });
          for (const { data } of jobs) handle(data);
          if (jobs.length === 0) await pause(IDLE_MS);
          else
            await boss.complete(
              QUEUE,
              jobs.map(({ id }) => id),
            );
        }
      });
      return () => {
        stopped = true;
        return Promise.all(loops);
      };
    },
    close: () => boss.stop({ graceful: false }),
  };
}
