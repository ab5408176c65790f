import { evolveRecordedCapability, type CapabilityEvent, type RecordedCapability } from '@ao/contracts';
import type { RecordedEvent } from '@ao/event-log';
import { idOf } from '@ao/kernel';
import type { Projection } from '@ao/projections';

/** What dispatching must know of a capability that somebody registered for an agent. */
export type RecordedName = Pick<RecordedCapability, 'agent_id' | 'name'>;

/** The names in Postgres: what the memory of every replica starts from. */
export const recordedNameProjection: Projection<RecordedName> = {
  name: 'tasks_recorded_capabilities',
  version: 1,
  categories: ['capability'],
  table: 'tasks.recorded_capabilities',
  key: (event) => idOf(event.stream_id),
  evolve: (kept, event) => evolveRecordedName(kept, event as RecordedEvent & CapabilityEvent),
};

/** The names of the capabilities that somebody registered for each agent, in memory (API conflict 23). */
export class RecordedCapabilities {
  private readonly names = new Map<string, Set<string>>();

  of(agentId: string): Iterable<string> {
    return this.names.get(agentId) ?? [];
  }

  /** Takes these for all there are; returns the agents that have, or had, any. */
  seed(records: Iterable<RecordedName>): Set<string> {
    const agents = new Set(this.names.keys());
    this.names.clear();
    for (const record of records) {
      agents.add(record.agent_id);
      this.put(record);
    }
    return agents;
  }

  /** Returns the agent that can do something else now, if there is one. */
  apply(event: CapabilityEvent): string | undefined {
    const { agent_id, name } = event.data;
    const known = this.names.get(agent_id)?.has(name) ?? false;
    const before = known ? { agent_id, name } : undefined;
    const after = evolveRecordedName(before, event);
    if (after && !before) this.put(after);
    else if (before && !after) this.drop(before);
    else return undefined;
    return agent_id;
  }

  private put({ agent_id, name }: RecordedName): void {
    const names = this.names.get(agent_id);
    if (names) names.add(name);
    else this.names.set(agent_id, new Set([name]));
  }

  private drop({ agent_id, name }: RecordedName): void {
    const names = this.names.get(agent_id);
    names?.delete(name);
    if (names?.size === 0) this.names.delete(agent_id);
  }
}

function evolveRecordedName(kept: RecordedName | undefined, event: CapabilityEvent): RecordedName | undefined {
  const after = evolveRecordedCapability(kept, event, ({ agent_id, name }) => ({ agent_id, name }));
  // The same object tells the writer that there is nothing to write.
  return kept && after ? kept : after;
}
