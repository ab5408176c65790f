import { CONCURRENCY, packageOfPeers, type Payload, type Peer } from './peer';

interface Dbos {
  readonly DBOS: {
    setConfig(config: object): void;
    registerWorkflow(workflow: (payload: Payload) => Promise<void>, options: { name: string }): unknown;
    launch(): Promise<void>;
    registerQueue(name: string, options: object): Promise<unknown>;
    shutdown(): Promise<void>;
  };
  readonly DBOSClient: {
    create(options: { systemDatabaseUrl: string; applicationName?: string }): Promise<DbosClient>;
  };
}

interface DbosClient {
  enqueue(options: { workflowName: string; queueName: string }, payload: Payload): Promise<unknown>;
  destroy(): Promise<void>;
}

const APPLICATION = 'bench';
const WORKFLOW = 'bench';
const QUEUE = 'bench';
/** Its default of a second would be all that latency shows. */
const POLLING_MS = 10;
const FILLING = 64;

/** A workflow without steps on a queue: the least that is durable there. */
export async function openDbos(url: string): Promise<Peer> {
  const { DBOS, DBOSClient } = packageOfPeers<Dbos>('@dbos-inc/dbos-sdk');
  let handle: (payload: Payload) => void = () => undefined;
  DBOS.registerWorkflow(async (payload) => handle(payload), { name: WORKFLOW });
  const launch = async () => {
    DBOS.setConfig({ name: APPLICATION, systemDatabaseUrl: url, logLevel: 'error', runAdminServer: false });
    await DBOS.launch();
    await DBOS.registerQueue(QUEUE, { workerConcurrency: CONCURRENCY, minPollingIntervalMs: POLLING_MS });
  };
  // Makes its tables, which the client wants to find.
  await launch();
  await DBOS.shutdown();
  const client = await DBOSClient.create({ systemDatabaseUrl: url, applicationName: APPLICATION });
  const submit = (payload: Payload) => client.enqueue({ workflowName: WORKFLOW, queueName: QUEUE }, payload);
  return {
    steady: 'default',
    drains: ['default'],
    submit,
    submitMany: async (payloads) => {
      let next = 0;
      await Promise.all(
        Array.from({ length: FILLING }, async () => {
          while (next < payloads.length) await submit(payloads[next++]!);
        }),
      );
    },
    work: async (_how, given) => {
      handle = given;
      await launch();
      return () => DBOS.shutdown();
    },
    close: () => client.destroy(),
  };
}
