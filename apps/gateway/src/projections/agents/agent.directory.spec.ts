import type { AgentAliasEvent } from '@ao/contracts';
import type { EventBatch, LocalSubscription, Subscriptions } from '@ao/event-log';
import type { Caller } from '../../http/call';
import { AgentDirectory, prefixedAgentId } from './agent.directory';

const ID = '01900000-0000-7000-8000-0000000000ab';
const OTHER = '01900000-0000-7000-8000-0000000000cd';
const CALLER: Caller = { actor: { type: 'operator', id: 'test' }, correlationId: ID, causationId: ID };

/** A directory over what the model and the registry know, and how often they were asked. */
function scene(model: Record<string, string> = {}, registry: Record<string, string> = {}) {
  const asked: string[] = [];
  let follow: LocalSubscription | undefined;
  const directory = new AgentDirectory({
    agents: {
      find: (id) => Promise.resolve(id === ID ? ({} as never) : undefined),
      idOfAlias: (alias) => {
        asked.push(alias);
        return Promise.resolve(model[alias]);
      },
    },
    commands: {
      query: ((_caller: Caller, _contract: unknown, { external_id }: { external_id: string }) =>
        Promise.resolve({ agent_id: registry[external_id] ?? null })) as never,
    },
    subscriptions: {
      local: (subscription: LocalSubscription) => {
        follow = subscription;
        return Promise.resolve({});
      },
    } as unknown as Subscriptions,
    head: () => Promise.resolve(7),
  });
  const happens = (type: AgentAliasEvent['type'], external_id: string, agent_id: string) =>
    follow?.handle([{ type, data: { external_id, agent_id } }] as unknown as EventBatch);
  return { directory, asked, happens, seeded: () => follow?.seed() };
}

describe('the directory of agents', () => {
  it('should tell the ids of agents that there are from others', async () => {
    const { directory } = scene({ 'mailer-1': OTHER });
    expect(await directory.existing(CALLER, prefixedAgentId(ID))).toBe(ID);
    expect(await directory.existing(CALLER, OTHER)).toBeUndefined();
    expect(await directory.existing(CALLER, 'mailer-1')).toBe(OTHER);
    expect(await directory.existing(CALLER, 'nobody')).toBeUndefined();
  });

  it('should take ids of ours at their word, prefixed ones too', async () => {
    const { directory, asked } = scene();
    for (const text of [ID, ID.toUpperCase(), prefixedAgentId(ID), `agent_${ID}`, prefixedAgentId(ID).toUpperCase()])
      expect(await directory.idOf(CALLER, text.replace('AGENT', 'agent'))).toBe(ID);
    expect(asked).toEqual([]);
  });

  it('should find nobody by what is neither', async () => {
    const { directory, asked } = scene();
    for (const text of ['agent_', 'agent_12', `agent_${ID}0`, 'task_1', '', '..', 'a b', 'register'])
      expect(await directory.idOf(CALLER, text)).toBeUndefined();
    expect(asked).toEqual([]);
  });

  it('should ask once for an alias, the registry where the model does not know it yet', async () => {
    const { directory, asked } = scene({ known: ID }, { fresh: OTHER });
    expect(await directory.idOf(CALLER, 'known')).toBe(ID);
    expect(await directory.idOf(CALLER, 'known')).toBe(ID);
    expect(await directory.idOf(CALLER, 'fresh')).toBe(OTHER);
    expect(await directory.idOf(CALLER, 'nobody')).toBeUndefined();
    expect(asked).toEqual(['known', 'fresh', 'nobody']);
  });

  it('should follow an alias that changes hands', async () => {
    const { directory, happens } = scene({ phoenix: ID });
    await directory.start();
    expect(await directory.idOf(CALLER, 'phoenix')).toBe(ID);
    await happens('AgentAliasReleased', 'phoenix', ID);
    await happens('AgentAliasReserved', 'phoenix', OTHER);
    expect(await directory.idOf(CALLER, 'phoenix')).toBe(OTHER);
  });

  it('should forget what it knew when it begins anew: something may have been missed', async () => {
    const { directory, asked, seeded } = scene({ known: ID });
    await directory.start();
    await directory.idOf(CALLER, 'known');
    expect(await seeded()).toBe(7);
    await directory.idOf(CALLER, 'known');
    expect(asked).toEqual(['known', 'known']);
  });
});
