import { agentCaEvents, schemaVersionsOf, type AgentCaEvent } from '@ao/contracts';
import type { Aggregate } from '@ao/event-log';
import { accept, reject, type Command, type Decider } from '@ao/kernel';
import { isSettled, needsSuccessor, type Numbered } from './agent-ca.rules';

type AgentCa = Extract<AgentCaEvent, { type: 'AgentCaCreated' }>['data'];
export type CreateAgentCa = Command<
  'CreateAgentCa',
  Omit<AgentCa, 'created_at'> & {
    /** The newest before it; undefined: it is the first. */
    readonly predecessor?: Numbered;
    /** An operator wants it now. */
    readonly asked: boolean;
  }
>;

/** An authority, by its number. Of several replicas that make it at once the first one's is everybody's. */
export const agentCaDecider: Decider<AgentCa | undefined, CreateAgentCa, AgentCaEvent> = {
  initialState: () => undefined,
  evolve: (_ca, event) => event.data,
  decide({ data, metadata }, ca) {
    const { predecessor, asked, ...created } = data;
    const now = Date.parse(metadata.time);
    if (ca) return accept([], { ca_id: ca.ca_id, expires_at: ca.expires_at });
    if (predecessor && !asked && !needsSuccessor(predecessor, now))
      return reject(
        'conflict',
        'authority_not_ending',
        'Expected to make the successor of the certificate authority, but it has more than a year left',
      );
    if (predecessor && asked && !isSettled(predecessor, now))
      return reject(
        'conflict',
        'authority_too_young',
        'Expected to make the successor of the certificate authority, but it was made less than 25 hours ago and not every agent knows it yet',
      );
    const { ca_id, expires_at } = created;
    return accept([{ type: 'AgentCaCreated', data: { ...created, created_at: metadata.time } }], { ca_id, expires_at });
  },
};

/** Stream `agentca-<derived id>`. */
export const agentCaAggregate: Aggregate<AgentCa | undefined, CreateAgentCa, AgentCaEvent> = {
  category: 'agentca',
  decider: agentCaDecider,
  schemaVersions: schemaVersionsOf(agentCaEvents),
};
