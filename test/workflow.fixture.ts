import {
  agentEvents,
  completeTask,
  createWorkflow,
  evolveRun,
  isEnded,
  leaseTasks,
  startRun,
  type DataOf,
  type LeasedTask,
  type RequestContract,
  type ResultOf,
  type RunDocument,
  type RunEvent,
  type TaskOutcome,
} from '@ao/contracts';
import { agentRegistered } from '@ao/contracts/testing';
import { createEventLog, createPool, type CommandResult } from '@ao/event-log';
import { isoTime, isRejection, newId } from '@ao/kernel';
import { connectBus, createCommandClient, type CommandClient } from '@ao/messaging';
import { eventually, testMetadata } from '@ao/testing';
import type { Pool } from 'pg';

export type Work = (task: LeasedTask) => TaskOutcome | undefined | Promise<TaskOutcome | undefined>;

export interface Far {
  readonly natsUrl: string;
  readonly credentials: { readonly user: string; readonly password: string; readonly inboxPrefix: string };
}

const IDLE_MS = 3;

/** Speaks to workflows and tasks as the gateway does; its agents ask for their tasks, so that nothing of them is lost when a service dies. */
export class WorkflowsClient {
  private readonly agents: Promise<void>[] = [];
  private stopped = false;

  private constructor(
    private readonly bus: Awaited<ReturnType<typeof connectBus>>,
    private readonly commands: CommandClient,
    private readonly pool: () => Pool,
  ) {}

  static async connect({ natsUrl, credentials }: Far, pool: () => Pool): Promise<WorkflowsClient> {
    const bus = await connectBus({ url: natsUrl, name: 'test', ...credentials });
    return new WorkflowsClient(bus, createCommandClient(bus, { defaultTimeoutMs: 10_000 }), pool);
  }

  async stop(): Promise<void> {
    this.stopped = true;
    await Promise.all(this.agents);
    await this.bus.drain();
  }

  send<C extends RequestContract>(
    contract: C,
    data: DataOf<C>,
    command_id = newId(),
  ): Promise<CommandResult<ResultOf<C>>> {
    const chosen = { command_id, correlation_id: command_id, causation_id: command_id, idempotent: true };
    return this.commands.send(contract, data, testMetadata(chosen));
  }

  async done<C extends RequestContract>(contract: C, data: DataOf<C>, command_id?: string): Promise<ResultOf<C>> {
    const result = await this.send(contract, data, command_id);
    if (isRejection(result)) throw new Error(`${result.code}: ${result.message}`);
    return result.result;
  }

  /** The same command until it is known what became of it. */
  async insist<C extends RequestContract>(contract: C, data: DataOf<C>): Promise<ResultOf<C>> {
    const command_id = newId();
    for (;;) {
      const result = await this.send(contract, data, command_id);
      if (!isRejection(result)) return result.result;
      if (result.rejection !== 'unavailable') throw new Error(`${result.code}: ${result.message}`);
      await pause(50);
    }
  }

  async workflow(steps: readonly object[], more: object = {}): Promise<string> {
    const definition = { steps, ...more } as unknown as DataOf<typeof createWorkflow>['definition'];
    const details = { name: 'test', description: '', is_template: false, config: {} };
    return (await this.done(createWorkflow, { ...details, definition })).workflow_id;
  }

  async start(workflow_id: string, parameters: Record<string, unknown> = {}): Promise<string> {
    return (await this.done(startRun, { workflow_id, parameters, started_by: null })).run_id;
  }

  async events(run_id: string): Promise<RunEvent[]> {
    const { rows } = await this.pool().query<RunEvent>(
      'select type, data from event_log.events where stream_id = $1 order by version',
      [`run-${run_id}`],
    );
    return rows;
  }

  async run(run_id: string): Promise<RunDocument> {
    let run: RunDocument | undefined;
    for (const event of await this.events(run_id)) run = evolveRun(run, event);
    if (!run) throw new Error(`there is no run ${run_id}`);
    return run;
  }

  ended(run_id: string, timeoutMs = 20_000): Promise<RunDocument> {
    return eventually(
      async () => {
        const run = await this.run(run_id);
        if (!isEnded(run.status)) {
          const nodes = Object.entries(run.nodes).map(([node, { status }]) => `${node} ${status}`);
          throw new Error(`run ${run_id} is ${run.status}: ${nodes.join(', ')}`);
        }
        return run;
      },
      { timeoutMs },
    );
  }

  /** Once a node is as the test wants it. */
  node(run_id: string, node: string, status: RunDocument['nodes'][string]['status']) {
    return eventually(
      async () => {
        const found = (await this.run(run_id)).nodes[node];
        if (found?.status !== status) throw new Error(`${node} of run ${run_id} is ${found?.status}`);
        return found;
      },
      { timeoutMs: 20_000 },
    );
  }

  /** Types of the events of a task. */
  async taskEvents(task_id: string): Promise<string[]> {
    const { rows } = await this.pool().query<{ type: string }>(
      'select type from event_log.events where stream_id = $1 order by version',
      [`task-${task_id}`],
    );
    return rows.map(({ type }) => type);
  }

  /** An agent that does what `work` says: undefined, it keeps the task. */
  agent(agent_id: string, work: Work): void {
    this.agents.push(this.lease(agent_id, work));
  }

  private async lease(agent_id: string, work: Work): Promise<void> {
    const kept = new Set<string>();
    while (!this.stopped) {
      const leased = await this.send(leaseTasks, { agent_id, limit: 100 });
      const tasks = isRejection(leased) ? [] : leased.result.tasks.filter(({ lease_token }) => !kept.has(lease_token));
      await Promise.all(
        tasks.map(async (task) => {
          const { task_id, lease_token } = task;
          kept.add(lease_token);
          const outcome = await work(task);
          if (outcome) await this.report({ task_id, agent_id, lease_token, outcome });
        }),
      );
      if (tasks.length === 0) await pause(IDLE_MS);
    }
  }

  private async report(data: DataOf<typeof completeTask>): Promise<void> {
    const command_id = newId();
    for (;;) {
      const answer = await this.send(completeTask, data, command_id);
      if (!isRejection(answer) || answer.rejection !== 'unavailable' || this.stopped) return;
      await pause(50);
    }
  }
}

/** Registers agents as the registry would. */
export async function registerAgents(
  databaseUrl: string,
  natsUrl: string,
  credentials: Far['credentials'],
  agents: readonly { readonly agent_id: string; readonly capabilities: readonly string[]; readonly most?: number }[],
): Promise<void> {
  const bus = await connectBus({ url: natsUrl, name: 'registry', ...credentials });
  const pool = createPool(databaseUrl, { applicationName: 'test-registry' });
  const log = createEventLog({ pool, bus: bus.commitBus() });
  try {
    await log.ready();
    for (const { agent_id, capabilities, most = 50 } of agents) {
      const event = agentRegistered({
        ...{ agent_id, name: agent_id, capabilities: [...capabilities], max_concurrent_tasks: most },
        registered_at: isoTime(Date.now()),
      });
      const { schemaVersion: schema_version } = agentEvents.AgentRegistered;
      const command_id = newId();
      await log.append({
        streams: [{ stream_id: `agent-${agent_id}`, events: [{ ...event, schema_version }] }],
        metadata: testMetadata({ command_id }),
        command_hash: command_id.replaceAll('-', '').repeat(2),
        result: {},
      });
    }
  } finally {
    await log.close();
    await pool.end();
    await bus.drain();
  }
}

export const pause = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms));
