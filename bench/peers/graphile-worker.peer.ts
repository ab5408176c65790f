import { packageOfPeers, type Payload, type Peer } from './peer';

interface Utils {
  migrate(): Promise<void>;
  addJob(task: string, payload: Payload): Promise<unknown>;
  addJobs(jobs: readonly { identifier: string; payload: Payload }[]): Promise<unknown>;
  release(): Promise<void>;
}

interface Graphile {
  makeWorkerUtils(options: object): Promise<Utils>;
  run(options: object): Promise<{ stop(): Promise<void> }>;
  readonly Logger: new (factory: () => (level: string, message: string) => void) => object;
}

const TASK = 'bench';
/** As many as its pool has connections by default: with 32 of each it is slower. */
const WORKERS = 10;
const BATCHED = { localQueue: { size: 500 }, completeJobBatchDelay: 0, failJobBatchDelay: 0 };

export async function openGraphileWorker(url: string): Promise<Peer> {
  const { makeWorkerUtils, run, Logger } = packageOfPeers<Graphile>('graphile-worker');
  const logger = new Logger(() => (level, message) => {
    if (level === 'error') process.stderr.write(`graphile-worker: ${message}\n`);
  });
  const base = { connectionString: url, logger };
  const utils = await makeWorkerUtils({ ...base, maxPoolSize: 10 });
  await utils.migrate();
  return {
    steady: 'default',
    drains: ['default', 'batched'],
    submit: (payload) => utils.addJob(TASK, payload),
    submitMany: (payloads) => utils.addJobs(payloads.map((payload) => ({ identifier: TASK, payload }))),
    work: async (how, handle) => {
      const runner = await run({
        ...base,
        maxPoolSize: WORKERS,
        concurrency: WORKERS,
        noHandleSignals: true,
        taskList: { [TASK]: (payload: Payload) => handle(payload) },
        preset: { worker: how === 'batched' ? BATCHED : {} },
      });
      return () => runner.stop();
    },
    close: () => utils.release(),
  };
}
