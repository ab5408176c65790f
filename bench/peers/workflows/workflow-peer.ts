/** The workflow engines that are measured beside ours, by the word that BENCH_PEERS knows them by. */
export const WORKFLOW_PEERS = ['restate', 'dbos'] as const;
export type WorkflowPeerName = (typeof WORKFLOW_PEERS)[number];

/** What a step does when its engine has come to it: nothing but note the time. */
export type AtStep = (run: number, step: number) => void;

/** One engine, opened: steps are functions of this very process, journalled each. */
export interface WorkflowPeer {
  /** A run of so many steps, one after the other; resolves at its end. */
  run(run: number, steps: number): Promise<unknown>;
  close(): Promise<unknown>;
}

/** @param url of a Postgres database of its own; `folder`: for what keeps its own files */
export type OpenWorkflowPeer = (url: string, folder: string, atStep: AtStep) => Promise<WorkflowPeer>;
