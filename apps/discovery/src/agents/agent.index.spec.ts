import * as fc from 'fast-check';
import { coordinatorStatus, evolveAgent, type AgentDocument, type AgentEvent } from '@ao/contracts';
import { agentProfileChanged, agentRegistered, type ProfileChanges } from '@ao/contracts/testing';
import { AgentIndex, type AgentQuery, type RecordedCapabilities } from './agent.index';

const TIME = '2026-01-01T00:00:00.000Z';
const id = (number: number) => `00000000-0000-7000-8000-${String(number).padStart(12, '0')}`;

const registered = (number: number, changes: ProfileChanges = {}): AgentEvent =>
  agentRegistered({ ...changes, agent_id: id(number), external_id: `agent-${number}`, registered_at: TIME });
const changed = (number: number, changes: ProfileChanges = {}): AgentEvent =>
  agentProfileChanged({ ...changes, agent_id: id(number), changed_at: TIME });
const stopped = (number: number): AgentEvent => ({ type: 'AgentStopped', data: { agent_id: id(number), at: TIME } });
const busy = (number: number): AgentEvent => ({ type: 'AgentMarkedBusy', data: { agent_id: id(number), at: TIME } });
const gone = (number: number): AgentEvent => ({
  type: 'AgentDeregistered',
  data: { agent_id: id(number), at: TIME },
});
const offline = (number: number): AgentEvent => ({
  type: 'AgentWentOffline',
  data: { agent_id: id(number), at: TIME, last_heartbeat: TIME, reason: 'heartbeats_missed' },
});

const query = (changes: Partial<AgentQuery> = {}): AgentQuery => ({
  capabilities: [],
  services: [],
  limit: 100,
  ...changes,
});

function indexOf(...events: AgentEvent[]) {
  const index = new AgentIndex();
  for (const event of events) index.apply(event);
  const found = (changes: Partial<AgentQuery> = {}) =>
    index.find(query(changes)).agents.map(({ agent_id }) => Number(agent_id.slice(-12)));
  return { index, found };
}

describe('the index of agents', () => {
  it('should find by every filter, and by all of them together', () => {
    const { found } = indexOf(
      registered(1, { capabilities: ['ocr', 'nlp'], services: ['execute'] }),
      registered(2, { capabilities: ['ocr'], agent_type: 'provider' }),
      registered(3, { capabilities: ['nlp', 'ocr'], services: ['execute', 'store'] }),
      stopped(3),
    );
    expect(found()).toEqual([1, 2, 3]);
    expect(found({ capabilities: ['ocr'] })).toEqual([1, 2, 3]);
    expect(found({ capabilities: ['ocr', 'nlp'] })).toEqual([1, 3]);
    expect(found({ agent_type: 'provider' })).toEqual([2]);
    expect(found({ services: ['execute', 'store'] })).toEqual([3]);
    expect(found({ status: 'active' })).toEqual([1, 2]);
    expect(found({ status: 'inactive', capabilities: ['nlp'], services: ['store'], agent_type: 'worker' })).toEqual([
      3,
    ]);
    expect(found({ capabilities: ['translation'] })).toEqual([]);
  });

  describe('with records of capabilities', () => {
    const recordedOf = (records: Readonly<Record<string, readonly number[]>>): RecordedCapabilities => ({
      ofName: (name) => (records[name] ?? []).map((number) => ({ agent_id: id(number) })),
      ofAgent: (agentId) =>
        Object.entries(records).flatMap(([name, numbers]) =>
          numbers.some((number) => id(number) === agentId) ? [{ name }] : [],
        ),
    });
    function found(records: Record<string, readonly number[]>, changes: Partial<AgentQuery>, ...events: AgentEvent[]) {
      const index = new AgentIndex(() => undefined, recordedOf(records));
      for (const event of events) index.apply(event);
      return index.find(query(changes)).agents.map(({ agent_id }) => Number(agent_id.slice(-12)));
    }
    const fleet = [
      registered(1, { capabilities: ['ocr'] }),
      registered(2),
      registered(3, { capabilities: ['ocr', 'nlp'] }),
      registered(4),
      gone(4),
    ];

    it('should find by profile or record alike, each once and in the order of the ids', () => {
      expect(found({ ocr: [2, 3, 4] }, { capabilities: ['ocr'] }, ...fleet)).toEqual([1, 2, 3]);
      expect(found({ ocr: [2, 3, 4] }, { capabilities: ['ocr', 'nlp'] }, ...fleet)).toEqual([3]);
      expect(found({ nlp: [2], ocr: [2] }, { capabilities: ['ocr', 'nlp'] }, ...fleet)).toEqual([2, 3]);
      expect(found({ rare: [2] }, { capabilities: ['rare'] }, ...fleet)).toEqual([2]);
      expect(found({ ocr: [2] }, { capabilities: ['ocr'], after: id(1), limit: 1 }, ...fleet)).toEqual([2]);
      expect(found({ ocr: [2] }, { capabilities: ['ocr'], after: id(2) }, ...fleet)).toEqual([3]);
    });

    it('should keep a word of the profile whose record is gone', () => {
      expect(found({}, { capabilities: ['ocr'] }, ...fleet)).toEqual([1, 3]);
      expect(found({ ocr: [1, 2] }, { capabilities: ['ocr'] }, ...fleet, changed(3, {}))).toEqual([1, 2]);
    });
  });

  it('should answer as before until all pages of a new seed are there, and tell of those that are gone', async () => {
    const heard = new Map<string, string>();
    const index = new AgentIndex(({ agent_id, lifecycle }) => heard.set(agent_id, lifecycle));
    index.apply(registered(1));
    const fresh = evolveAgent(undefined, registered(2))!;
    await index.seedBy((take) => {
      take([fresh]);
      expect(index.find(query()).agents.map(({ agent_id }) => agent_id)).toEqual([id(1)]);
      return Promise.resolve();
    });
    expect(index.find(query()).agents).toEqual([fresh]);
    expect([...heard]).toEqual([
      [id(1), 'deleted'],
      [id(2), 'active'],
    ]);
  });

  it('should know the four words of the coordinator', () => {
    const { found } = indexOf(
      registered(1),
      registered(2),
      busy(2),
      registered(3),
      offline(3),
      registered(4),
      stopped(4),
    );
    expect(found({ status: 'active' })).toEqual([1]);
    expect(found({ status: 'busy' })).toEqual([2]);
    expect(found({ status: 'stale' })).toEqual([3]);
    expect(found({ status: 'inactive' })).toEqual([4]);
  });

  it('should forget the words of an older profile', () => {
    const { found } = indexOf(
      registered(1, { capabilities: ['ocr'], services: ['execute'] }),
      changed(1, { capabilities: ['nlp'], agent_type: 'provider' }),
    );
    expect(found({ capabilities: ['ocr'] })).toEqual([]);
    expect(found({ services: ['execute'] })).toEqual([]);
    expect(found({ agent_type: 'worker' })).toEqual([]);
    expect(found({ capabilities: ['nlp'], agent_type: 'provider' })).toEqual([1]);
  });

  it('should forget who is gone, from a seed too', () => {
    const { index, found } = indexOf(registered(1, { capabilities: ['ocr'] }), registered(2), gone(1), stopped(1));
    expect(found()).toEqual([2]);
    expect(found({ capabilities: ['ocr'] })).toEqual([]);
    expect(index.size).toBe(1);
    const document = evolveAgent(evolveAgent(undefined, registered(3)), gone(3))!;
    index.seed([document]);
    expect(found()).toEqual([]);
  });

  it('should page in a stable order', () => {
    const { index } = indexOf(...[5, 3, 1, 4, 2].map((number) => registered(number)));
    const first = index.find(query({ limit: 2 }));
    expect(first.agents.map(({ agent_id }) => agent_id)).toEqual([id(1), id(2)]);
    expect(first.next).toBe(id(2));
    const second = index.find(query({ limit: 2, after: id(2) }));
    const third = index.find(query({ limit: 2, after: second.next ?? '' }));
    expect([...second.agents, ...third.agents].map(({ agent_id }) => agent_id)).toEqual([id(3), id(4), id(5)]);
    expect(third.next).toBeNull();
    expect(index.find(query({ limit: 5 })).next).toBeNull();
  });

  it('should start again from a seed', () => {
    const { index, found } = indexOf(registered(1, { capabilities: ['ocr'] }));
    index.seed([evolveAgent(undefined, registered(2, { capabilities: ['nlp'] }))!]);
    expect(found()).toEqual([2]);
    expect(found({ capabilities: ['ocr'] })).toEqual([]);
  });

  it('should answer as a plain search through all documents does', () => {
    const words = fc.uniqueArray(fc.constantFrom('a', 'b', 'c'), { maxLength: 3 });
    const anEvent = fc.oneof(
      fc.tuple(fc.nat(9), words, words, fc.constantFrom('worker', 'provider')).map((t) => ({ what: 'profile', t })),
      fc.nat(9).map((number) => ({ what: 'stop', t: [number] as const })),
      fc.nat(9).map((number) => ({ what: 'offline', t: [number] as const })),
      fc.nat(9).map((number) => ({ what: 'gone', t: [number] as const })),
    );
    const aQuery = fc.record(
      {
        capabilities: words,
        services: words,
        agent_type: fc.constantFrom('worker', 'provider', 'nobody'),
        status: fc.constantFrom('active', 'inactive', 'busy', 'stale' as const),
        limit: fc.integer({ min: 1, max: 4 }),
      },
      { requiredKeys: ['capabilities', 'services', 'limit'] },
    );
    fc.assert(
      fc.property(fc.array(anEvent, { maxLength: 30 }), aQuery, (steps, asked) => {
        const index = new AgentIndex();
        const documents = new Map<string, AgentDocument>();
        for (const { what, t } of steps) {
          const [number] = t;
          const known = documents.has(id(number));
          // Nothing happens to an agent that is gone.
          if (documents.get(id(number))?.lifecycle === 'deleted') continue;
          let event: AgentEvent;
          if (what === 'profile') {
            const [, capabilities, services, agent_type] = t as unknown as [number, string[], string[], string];
            event = (known ? changed : registered)(number, { capabilities, services, agent_type });
          } else event = { stop: stopped, offline, gone }[what as 'stop'](number);
          index.apply(event);
          const document = evolveAgent(documents.get(id(number)), event);
          if (document) documents.set(id(number), document);
        }
        const expected = [...documents.values()]
          .filter(
            (agent) =>
              agent.lifecycle !== 'deleted' &&
              (asked.status === undefined || coordinatorStatus(agent) === asked.status) &&
              (asked.agent_type === undefined || agent.agent_type === asked.agent_type) &&
              asked.capabilities.every((word) => agent.capabilities.includes(word)) &&
              asked.services.every((word) => agent.services.includes(word)),
          )
          .sort((left, right) => (left.agent_id < right.agent_id ? -1 : 1));
        const found: AgentDocument[] = [];
        let after: string | undefined;
        do {
          const page = index.find({ ...asked, after });
          expect(page.agents.length).toBeLessThanOrEqual(asked.limit);
          found.push(...page.agents);
          after = page.next ?? undefined;
        } while (after !== undefined);
        expect(found).toEqual(expected);
      }),
    );
  });
});
