import { CONCURRENCY, packageOfPeers, type Payload, type Peer } from './peer';

interface BullMq {
  readonly Queue: new (
    name: string,
    options: object,
  ) => {
    add(name: string, data: Payload): Promise<unknown>;
    addBulk(jobs: readonly { name: string; data: Payload }[]): Promise<unknown>;
    close(): Promise<void>;
  };
  readonly Worker: new (
    name: string,
    run: (job: { data: Payload }) => Promise<void>,
    options: object,
  ) => { waitUntilReady(): Promise<unknown>; close(): Promise<void> };
}

const QUEUE = 'bench';
const BULK = 1_000;

/** @param url of a Redis */
export async function openBullMq(url: string): Promise<Peer> {
  const { Queue, Worker } = packageOfPeers<BullMq>('bullmq');
  const { hostname: host, port } = new URL(url);
  const connection = { host, port: Number(port), maxRetriesPerRequest: null };
  const queue = new Queue(QUEUE, { connection });
  return {
    steady: 'default',
    drains: ['default'],
    submit: (data) => queue.add(QUEUE, data),
    submitMany: async (payloads) => {
      for (let from = 0; from < payloads.length; from += BULK) {
        await queue.addBulk(payloads.slice(from, from + BULK).map((data) => ({ name: QUEUE, data })));
      }
    },
    work: async (_how, handle) => {
      const worker = new Worker(QUEUE, async ({ data }) => handle(data), { connection, concurrency: CONCURRENCY });
      await worker.waitUntilReady();
      return () => worker.close();
    },
    close: () => queue.close(),
  };
}
