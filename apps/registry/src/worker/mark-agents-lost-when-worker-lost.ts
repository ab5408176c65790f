import type { WorkerEvent } from '@ao/contracts';
import type { CommandShell, OwnedSubscription, RecordedEvent } from '@ao/event-log';
import { derivedId, isRejection, type CommandMetadata } from '@ao/kernel';
import { agentAggregate } from '../agent/agent.aggregate';
import { agentsOnWorker } from './worker-agents';
import { workerAggregate } from './worker.aggregate';

/** Agents told at a time: each is a stream of its own, and a worker has ten thousand of them at most. */
const AT_ONCE = 16;

/**
 * Reaction: the agents of a worker that went offline are offline with it, until they show a sign of life of their own, so
 * that what they hold is handed to others. Each is told by a command with an id derived from the event: redelivered, it
 * changes nothing.
 */
export function markAgentsLostWhenWorkerLost(shell: CommandShell): OwnedSubscription {
  return {
    name: 'mark-agents-lost-when-worker-lost',
    categories: ['worker'],
    async handle(events) {
      for (const event of events as readonly (RecordedEvent & WorkerEvent)[])
        if (event.type === 'WorkerWentOffline' && (await isStillLost(shell, event.data.worker_id)))
          await markAgentsLost(shell, event);
    },
  };
}

/** After a longer stop the worker may be back: then what its agents do is for their own beats to say. */
async function isStillLost(shell: CommandShell, workerId: string): Promise<boolean> {
  const { state } = await shell.state(workerAggregate, workerId, { fresh: true });
  return state.status === 'registered' && state.worker.liveness === 'offline';
}

async function markAgentsLost(
  shell: CommandShell,
  event: RecordedEvent & Extract<WorkerEvent, { type: 'WorkerWentOffline' }>,
): Promise<void> {
  const waiting = [...(await agentsOnWorker(shell, event.data.worker_id))];
  const work = async () => {
    for (let agentId = waiting.pop(); agentId !== undefined; agentId = waiting.pop())
      await markLost(shell, agentId, event);
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
}

async function markLost(shell: CommandShell, agent_id: string, event: RecordedEvent): Promise<void> {
  const metadata: CommandMetadata = {
    command_id: derivedId('agent-lost-with-worker', event.position, agent_id),
    actor: { type: 'system', id: 'registry' },
    correlation_id: event.metadata.correlation_id,
    causation_id: `${event.category}@${event.position}`,
  };
  const data = { agent_id, status: 'stale' as const, last_heartbeat: null };
  const result = await shell.run(agentAggregate, agent_id, { type: 'ReportAgentStatus', data, metadata });
  // An agent that is gone has nothing to lose; anything else is tried again with the event.
  if (isRejection(result) && result.rejection !== 'not_found') throw new Error(result.message);
}
