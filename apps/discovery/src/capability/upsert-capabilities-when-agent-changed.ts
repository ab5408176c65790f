import type { AgentEvent, CapabilityDocument } from '@ao/contracts';
import { LogUnavailableError, type CommandShell, type OwnedSubscription, type RecordedEvent } from '@ao/event-log';
import { derivedId, isRejection, type CommandMetadata } from '@ao/kernel';
import { capabilityAggregate } from './capability.aggregate';
import type { CapabilityCommand } from './capability.decider';
import { capabilityId } from './capability.state';

/** Commands on their way at once: enough to fill the batches that the log appends, few enough for the pool. */
const AT_ONCE = 200;
const LONGEST_WAIT_MS = 5_000;
/** A view that starts from the log's beginning takes its time; after this the batches wait for it themselves. */
const LONGEST_CATCH_UP_MS = 120_000;
const REACTION = 'upsert-capabilities-when-agent-changed';

/** What the newest of an agent's events says of its words; null: the agent is gone, and so is all it had. */
export interface Wish {
  readonly agent_id: string;
  readonly names: readonly string[] | null;
  readonly cause: Pick<RecordedEvent, 'category' | 'position' | 'metadata'>;
}

export type Step = Pick<CapabilityCommand, 'type' | 'data'> & { readonly data: { readonly capability_id: string } };

export interface ReactionDependencies {
  readonly shell: Pick<CommandShell, 'run'>;
  readonly head: () => Promise<number>;
  /** The records of an agent, as the view of this process has them. */
  readonly recordsOf: (agentId: string) => readonly CapabilityDocument[];
  /** @throws when the view does not get there in time */
  readonly viewReached: (position: number, timeoutMs: number) => Promise<void>;
}

/**
 * Reaction: words in an agent's profile are capabilities of their own (API conflict 23). It compares what a profile says
 * with the records there are, so that a repetition after a crash finds nothing left to do. Its own writes are in the view
 * before the next batch is looked at.
 */
export function upsertCapabilitiesWhenAgentChanged(dependencies: ReactionDependencies): OwnedSubscription {
  const { shell, head, recordsOf, viewReached } = dependencies;
  let written = 0;

  async function send(step: Step, { cause }: Wish): Promise<void> {
    const { capability_id } = step.data;
    const metadata: CommandMetadata = {
      command_id: derivedId(REACTION, cause.position, step.type, capability_id),
      actor: { type: 'system', id: 'discovery' },
      correlation_id: cause.metadata.correlation_id,
      causation_id: `${cause.category}@${cause.position}`,
    };
    const result = await shell.run(
      capabilityAggregate,
      capability_id,
      { type: step.type, data: step.data, metadata },
      // Nearly always it is the first event of its stream; where it is not, the append finds out.
      { isNew: step.type === 'AdoptCapability' },
    );
    if (!isRejection(result)) written = Math.max(written, result.position);
    else if (result.rejection === 'unavailable') throw new LogUnavailableError(result.message);
  }

  return {
    name: 'capabilities_of_profiles',
    categories: ['agent'],
    async activated() {
      // Another replica may have written until a moment ago.
      written = await head();
      // Here no transaction waits with it.
      await viewReached(written, LONGEST_CATCH_UP_MS).catch(() => undefined);
    },
    async handle(events) {
      const wishes = wishesOf(events as readonly RecordedEvent<AgentEvent>[]);
      if (wishes.length === 0) return;
      await viewReached(written, LONGEST_WAIT_MS).catch((error: unknown) => {
        throw new LogUnavailableError('the view of capabilities is behind', error);
      });
      const steps = wishes.flatMap((wish) => stepsTo(wish, recordsOf(wish.agent_id)).map((step) => ({ step, wish })));
      for (let at = 0; at < steps.length; at += AT_ONCE)
        await Promise.all(steps.slice(at, at + AT_ONCE).map(({ step, wish }) => send(step, wish)));
    },
  };
}

/** One wish per agent that the batch says something of: the newest counts. */
export function wishesOf(
  events: readonly Pick<RecordedEvent<AgentEvent>, 'type' | 'data' | 'category' | 'position' | 'metadata'>[],
): Wish[] {
  const wishes = new Map<string, Wish>();
  for (const recorded of events) {
    const { category, position, metadata } = recorded;
    const cause = { category, position, metadata };
    const event = recorded as AgentEvent;
    const { agent_id } = event.data;
    if (event.type === 'AgentRegistered' || event.type === 'AgentProfileChanged')
      wishes.set(agent_id, { agent_id, names: event.data.capabilities, cause });
    else if (event.type === 'AgentDeregistered') wishes.set(agent_id, { agent_id, names: null, cause });
  }
  return [...wishes.values()];
}

/** What is missing between the records of an agent and what its profile says. */
export function stepsTo({ agent_id, names }: Wish, records: readonly CapabilityDocument[]): Step[] {
  if (names === null)
    return records.map(({ capability_id }) => ({ type: 'RemoveCapability', data: { capability_id } }));
  const wanted = new Set(names);
  const known = new Set(records.map(({ name }) => name));
  return [
    ...[...wanted]
      .filter((name) => !known.has(name))
      .map((name): Step => {
        const capability_id = capabilityId(agent_id, name);
        return { type: 'AdoptCapability', data: { capability_id, agent_id, name } };
      }),
    ...records
      .filter(({ name, origin }) => origin === 'agent' && !wanted.has(name))
      .map(({ capability_id }): Step => ({ type: 'DisownCapability', data: { capability_id } })),
  ];
}
