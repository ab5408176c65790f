import { newId, readId, type Actor } from '@ao/kernel';
import { runIds } from '../faces/prefixed-id';
import { taskIdIn } from '../faces/task-id';
import type { Caller } from '../http/call';
import type { Principal } from '../http/principal';
import { Problem, forbidden, invalidField } from '../http/problem';
import type { ObjectField, Wanted } from './event-requests';
import { missingFor, type Interest } from './interest';
import type { PublicEventName } from '@ao/contracts';
import { ANY_AGENT, keyOf } from './live-event';

/** Finds the agent that an id or alias names. */
export interface AgentIds {
  idOf(caller: Caller, idOrAlias: string): Promise<string | undefined>;
}

/** What is wanted in the ids of the log. @throws Problem that names the field whose id is none */
export async function interestOf(wanted: Wanted, actor: Actor, agents: AgentIds): Promise<Interest> {
  const { names, objects, ofAgents, pointer } = wanted;
  const keys: string[] = [];
  for (const [field, id] of Object.entries(objects) as [ObjectField, string][]) {
    keys.push(await keyOfObject(field, id, `${pointer}/${field}`, actor, agents));
  }
  if (ofAgents && keys.length === 0) keys.push(ANY_AGENT);
  return { id: JSON.stringify([[...names], keys]), names, keys };
}

async function keyOfObject(
  field: ObjectField,
  id: string,
  pointer: string,
  actor: Actor,
  agents: AgentIds,
): Promise<string> {
  switch (field) {
    case 'task_id': {
      const task = taskIdIn(id);
      if (task === undefined) throw invalidField(pointer, 'must be the id of a task');
      return keyOf('task', task);
    }
    case 'worker_id': {
      const worker = readId(id);
      if (worker === undefined) throw invalidField(pointer, 'must be the id of a worker');
      return keyOf('worker', worker);
    }
    case 'run_id': {
      const run = runIds.in(id);
      if (run === undefined) throw invalidField(pointer, 'must be the id of a run');
      return keyOf('run', run);
    }
    case 'agent_id': {
      const correlationId = newId();
      const agent = await agents.idOf({ actor, correlationId, causationId: correlationId }, id);
      if (agent === undefined) throw invalidField(pointer, 'names no agent');
      return keyOf('agent', agent);
    }
  }
}

/**
 * Of a pattern whatever is permitted is told; a name that is not, is refused. An agent that asks for one agent asks for
 * itself, as on every route.
 * @throws Problem 403
 */
export function requireMayHear(
  wanted: Wanted,
  interest: Interest,
  principal: Principal,
  permitted: ReadonlySet<PublicEventName>,
): void {
  const missing = missingFor(interest, permitted);
  if (missing !== undefined) throw principal.permissions.has(missing) ? forPersons() : forbidden(missing);
  const agent = interest.keys.find((key) => key.startsWith('agent:') && key !== ANY_AGENT);
  if (agent === undefined || principal.kind !== 'agent') return;
  if (agent === keyOf('agent', principal.actor.id)) return;
  throw new Problem(403, 'forbidden', 'An agent may only listen to what is its own', {
    errors: [{ pointer: `${wanted.pointer}/agent_id`, message: 'must name the agent itself' }],
  });
}

const forPersons = (): Problem =>
  new Problem(403, 'forbidden', 'Only persons, and keys of theirs, hear of what is meant for single persons');
