import { packageOfPeers } from '../peer';
import type { OpenWorkflowPeer } from './workflow-peer';

interface Dbos {
  readonly DBOS: {
    setConfig(config: object): void;
    registerWorkflow(
      workflow: (run: number, steps: number) => Promise<void>,
      options: { name: string },
    ): (run: number, steps: number) => Promise<void>;
    runStep(step: () => Promise<void>, options: { name: string }): Promise<void>;
    launch(): Promise<void>;
    shutdown(): Promise<void>;
  };
}

/** A workflow of journalled steps, called in process. */
export const openDbos: OpenWorkflowPeer = async (url, _folder, atStep) => {
  const { DBOS } = packageOfPeers<Dbos>('@dbos-inc/dbos-sdk');
  const workflow = DBOS.registerWorkflow(
    async (run, steps) => {
      for (let step = 0; step < steps; step += 1)
        await DBOS.runStep(() => Promise.resolve(atStep(run, step)), { name: `step-${step}` });
    },
    { name: 'bench' },
  );
  DBOS.setConfig({ name: 'bench', systemDatabaseUrl: url, logLevel: 'error', runAdminServer: false });
  await DBOS.launch();
  return { run: (run, steps) => workflow(run, steps), close: () => DBOS.shutdown() };
};
