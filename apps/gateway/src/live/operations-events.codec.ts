import {
  PUBLIC_EVENT_NAMES,
  SEED_001_TYPES,
  type PublicEventName,
  type RunStatus,
  type TaskStatus,
} from '@ao/contracts';
import { z } from 'zod';
import { operationsRunStatus, operationsStepStatus } from '../faces/operations/run.words';
import { operationsTaskStatus } from '../faces/operations/task.words';
import { runIds, workflowIds } from '../faces/prefixed-id';
import { prefixedTaskId } from '../faces/task-id';
import { invalidField } from '../http/problem';
import { prefixedAgentId } from '../projections/agents/agent.directory';
import { frameReader, objectsOf, ObjectFields, type SocketCodec, type Wanted } from './event-requests';
import type { LiveEvent } from './live-event';

const CHANNELS = ['agent_events', 'system_events'] as const;

const One = z.object({ channel: z.enum(CHANNELS), agent_id: ObjectFields.agent_id });

/** What concerns an agent: itself and its tasks. */
const OF_AGENTS = namesWhere((name) => /^(agent|task)\./.test(name));
/** Everything but who comes, goes and changes among the agents. */
const OF_THE_SYSTEM = namesWhere((name) => name === 'agent.status' || !name.startsWith('agent.'));

function namesWhere(fits: (name: PublicEventName) => boolean): ReadonlySet<PublicEventName> {
  return new Set(PUBLIC_EVENT_NAMES.filter(fits));
}

/** Seed 001's words: channels, and events by names of their own. Ids and statuses as the rest of `/v1` writes them. */
export const operationsEvents: SocketCodec = {
  kind: 'operations-events',
  encode(event) {
    const type = SEED_001_TYPES[event.name] ?? event.name;
    return JSON.stringify({ type, payload: payloadOf(event), position: event.position });
  },
  read: frameReader(One, wantedOf),
};

function wantedOf({ channel, agent_id }: z.output<typeof One>, pointer: string): Wanted {
  if (channel !== 'agent_events' && agent_id !== undefined) {
    throw invalidField(`${pointer}/agent_id`, 'goes with the channel agent_events');
  }
  const objects = objectsOf({ agent_id });
  return {
    names: channel === 'agent_events' ? OF_AGENTS : OF_THE_SYSTEM,
    ...{ objects, ofAgents: channel === 'agent_events', pointer },
    shown: { channel, ...objects },
  };
}

function payloadOf(event: LiveEvent): Record<string, unknown> {
  const data = event.data();
  const { task_id, agent_id, run_id, workflow_id, status } = data;
  const word = typeof status === 'string' ? statusOf(event, status) : undefined;
  return {
    ...data,
    time: event.time,
    ...(typeof task_id === 'string' && { task_id: prefixedTaskId(task_id) }),
    ...(typeof agent_id === 'string' && { agent_id: prefixedAgentId(agent_id) }),
    ...(typeof run_id === 'string' && { run_id: runIds.shown(run_id) }),
    ...(typeof workflow_id === 'string' && { workflow_id: workflowIds.shown(workflow_id) }),
    ...(word !== undefined && { status: word, status_detail: status }),
  };
}

/** In the words of `/v1`; undefined: it has none of its own for this. */
function statusOf({ name, subject }: LiveEvent, status: string): string | undefined {
  if (subject.kind === 'task') return operationsTaskStatus(status as TaskStatus);
  if (subject.kind !== 'run') return undefined;
  return name === 'workflow.step' ? operationsStepStatus(status) : operationsRunStatus(status as RunStatus);
}
