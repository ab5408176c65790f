import type { AgentEvent, CapabilityDocument } from '@ao/contracts';
import { agentProfileChanged, agentRegistered } from '@ao/contracts/testing';
import { LogUnavailableError, type RecordedEvent } from '@ao/event-log';
import { reject, type CommandMetadata } from '@ao/kernel';
import { agentId, capabilityOf, TIME } from './capability.testing';
import {
  stepsTo,
  upsertCapabilitiesWhenAgentChanged,
  wishesOf,
  type ReactionDependencies,
} from './upsert-capabilities-when-agent-changed';

const recorded = (position: number, event: AgentEvent) =>
  ({
    ...event,
    ...{ category: 'agent', stream_id: `agent-${event.data.agent_id}`, position },
    metadata: { correlation_id: 'c' } as never,
  }) as unknown as RecordedEvent<AgentEvent>;
const gone = (number: number): AgentEvent => ({
  type: 'AgentDeregistered',
  data: { agent_id: agentId(number), at: TIME },
});
const says = (number: number, ...capabilities: string[]) =>
  agentRegistered({ agent_id: agentId(number), capabilities });
const saysNow = (number: number, ...capabilities: string[]) =>
  agentProfileChanged({ agent_id: agentId(number), capabilities });

describe('what a batch says of agents', () => {
  it('should be the newest profile of each, or that it is gone', () => {
    const wishes = wishesOf([
      recorded(1, says(1, 'a')),
      recorded(2, says(2, 'b')),
      recorded(3, saysNow(1, 'c')),
      recorded(4, { type: 'AgentStopped', data: { agent_id: agentId(1), at: TIME } }),
      recorded(5, gone(2)),
    ]);
    expect(wishes.map(({ agent_id, names, cause }) => [agent_id, names, cause.position])).toEqual([
      [agentId(1), ['c'], 3],
      [agentId(2), null, 5],
    ]);
  });
});

describe('the steps from records to a profile', () => {
  const wish = (names: string[] | null) => ({ agent_id: agentId(1), names, cause: {} as never });
  const own = (name: string) => capabilityOf(1, name, { origin: 'agent' });
  const types = (...args: Parameters<typeof stepsTo>) =>
    stepsTo(...args).map(({ type, data }) => [type, 'name' in data ? data.name : data.capability_id]);

  it('should adopt what is new, once', () => {
    expect(types(wish(['a', 'b', 'a']), [own('a')])).toEqual([['AdoptCapability', 'b']]);
  });
  it('should disown what the profile names no more, and nothing that somebody registered', () => {
    const records = [own('a'), own('b'), capabilityOf(1, 'c')];
    expect(types(wish(['a']), records)).toEqual([['DisownCapability', own('b').capability_id]]);
  });
  it('should remove everything of an agent that is gone', () => {
    const records = [own('a'), capabilityOf(1, 'c')];
    expect(types(wish(null), records)).toEqual(records.map((record) => ['RemoveCapability', record.capability_id]));
  });
  it('should have nothing left to do the second time', () => {
    expect(types(wish(['a', 'c']), [own('a'), capabilityOf(1, 'c')])).toEqual([]);
  });
});

describe('the reaction', () => {
  function reaction(changes: Partial<ReactionDependencies> = {}) {
    const sent: { type: string; metadata: CommandMetadata }[] = [];
    const awaited: number[] = [];
    const run = ((_aggregate: unknown, _id: string, command: { type: string; metadata: CommandMetadata }) => {
      sent.push(command);
      return Promise.resolve({ kind: 'done', result: {}, position: 100 + sent.length });
    }) as unknown as ReactionDependencies['shell']['run'];
    const subscription = upsertCapabilitiesWhenAgentChanged({
      shell: { run },
      head: () => Promise.resolve(7),
      recordsOf: (): CapabilityDocument[] => [],
      viewReached: (position) => {
        awaited.push(position);
        return Promise.resolve();
      },
      ...changes,
    });
    const handle = (...events: RecordedEvent<AgentEvent>[]) => subscription.handle(events, undefined as never);
    return { subscription, handle, sent, awaited };
  }

  it('should give the same command the same id when an event comes again', async () => {
    const { handle, sent } = reaction();
    await handle(recorded(3, says(1, 'a', 'b')));
    await handle(recorded(3, says(1, 'a', 'b')));
    await handle(recorded(4, saysNow(1, 'a', 'b')));
    const ids = sent.map(({ metadata }) => metadata.command_id);
    expect(ids.slice(2, 4)).toEqual(ids.slice(0, 2));
    expect(new Set(ids).size).toBe(4);
    expect(sent[0]?.metadata).toMatchObject({ causation_id: 'agent@3', correlation_id: 'c' });
  });

  it('should look at the view only once its own writes are in it', async () => {
    const { subscription, handle, awaited } = reaction();
    await subscription.activated?.(0);
    await handle(recorded(3, says(1, 'a')));
    await handle(recorded(4, says(2, 'a')));
    expect(awaited).toEqual([7, 7, 101]);
  });

  it('should ask for another try while the log or the view is away, and for no parking', async () => {
    const away = reject('unavailable', 'contended', 'Expected to append, but others do');
    const run = (() => Promise.resolve(away)) as unknown as ReactionDependencies['shell']['run'];
    await expect(reaction({ shell: { run } }).handle(recorded(1, says(1, 'a')))).rejects.toThrow(LogUnavailableError);
    const viewReached = () => Promise.reject(new Error('too late'));
    await expect(reaction({ viewReached }).handle(recorded(1, says(1, 'a')))).rejects.toThrow(LogUnavailableError);
  });
});
