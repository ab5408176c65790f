import { evolveCapability, type CapabilityDocument, type CapabilityEvent } from '@ao/contracts';
import * as fc from 'fast-check';
import { agentId, capabilityOf, registered, removed, TIME } from './capability.testing';
import { CapabilityView } from './capability.view';

const changed = (...args: Parameters<typeof capabilityOf>): CapabilityEvent => {
  const { created_at: _createdAt, ...record } = capabilityOf(...args);
  return { type: 'CapabilityChanged', data: { ...record, changed_at: TIME } };
};

function viewOf(...events: CapabilityEvent[]): CapabilityView {
  const view = new CapabilityView();
  for (const event of events) view.apply(event);
  return view;
}

const all = (view: CapabilityView) => view.list({}, 0, 1_000).page;

describe('the view of capabilities', () => {
  it('should find names by what they begin with, whole parts only', () => {
    const view = viewOf(
      ...['document.ocr', 'document.summarize', 'documents.list', 'document', 'image.resize'].map((name) =>
        registered(1, name),
      ),
    );
    expect(view.namesLike('document.*')).toEqual(['document.ocr', 'document.summarize']);
    expect(view.namesLike('document.ocr')).toEqual(['document.ocr']);
    expect(view.namesLike('document.o')).toEqual([]);
    expect(view.namesLike('video.*')).toEqual([]);
    expect(view.namesLike('*')).toHaveLength(5);
    expect(view.namesLike()).toHaveLength(5);
    view.apply(removed(1, 'document.ocr'));
    expect(view.namesLike('document.*')).toEqual(['document.summarize']);
  });

  it('should count who is in a group, once per agent', () => {
    const view = viewOf(
      registered(1, 'a', { groups: ['x', 'y'] }),
      registered(1, 'b', { groups: ['x'] }),
      registered(2, 'a', { groups: ['x'] }),
    );
    expect(view.groups(0, 10)).toEqual({
      page: [
        { name: 'x', agents: 2, capabilities: 3 },
        { name: 'y', agents: 1, capabilities: 1 },
      ],
      total: 2,
    });
    expect(view.agentsOfGroup('x')).toEqual([agentId(1), agentId(2)]);
    view.apply(changed(1, 'a', { groups: [] }));
    view.apply(removed(1, 'b'));
    expect(view.groups(0, 10).page).toEqual([{ name: 'x', agents: 1, capabilities: 1 }]);
    expect(view.agentsOfGroup('y')).toEqual([]);
  });

  it('should tell its listener of each record, those of a new seed too', () => {
    const heard = new Set<CapabilityDocument>();
    const view = new CapabilityView({
      add: (record) => heard.add(record),
      remove: (record) => expect(heard.delete(record)).toBe(true),
    });
    const names = () => [...heard].map(({ name }) => name);
    view.apply(registered(1, 'a'));
    view.apply(registered(1, 'b'));
    view.apply(changed(1, 'b', { groups: ['x'] }));
    view.apply(removed(1, 'a'));
    expect([...heard]).toEqual([expect.objectContaining({ name: 'b', groups: ['x'] })]);
    view.seed([capabilityOf(2, 'c'), capabilityOf(1, 'd')]);
    expect(names()).toEqual(['c', 'd']);
  });

  it('should answer as before until all pages of a new seed are there', async () => {
    const view = viewOf(registered(1, 'a'));
    const position = await view.seedBy(async (take) => {
      take([capabilityOf(2, 'b')]);
      expect(all(view).map(({ name }) => name)).toEqual(['a']);
      await Promise.resolve();
      take([capabilityOf(1, 'b')]);
      return 7;
    });
    expect(position).toBe(7);
    expect(all(view).map(({ agent_id }) => agent_id)).toEqual([agentId(1), agentId(2)]);
    await expect(view.seedBy(() => Promise.reject(new Error('away')))).rejects.toThrow('away');
    expect(all(view)).toHaveLength(2);
  });

  it('should answer as a plain search through all records does, page by page, seeded or told', () => {
    const name = fc.constantFrom('a', 'a.b', 'a.c', 'b');
    const group = fc.constantFrom('x', 'y');
    const aStep = fc.record({
      remove: fc.boolean(),
      agent: fc.nat(4),
      name,
      groups: fc.uniqueArray(group, { maxLength: 2 }),
    });
    const aFilter = fc.record(
      { agent_id: fc.nat(4).map(agentId), capability: fc.constantFrom('a', 'a.b', 'a.*', '*', 'z'), group },
      { requiredKeys: [] },
    );
    fc.assert(
      fc.property(
        fc.array(aStep, { maxLength: 40 }),
        aFilter,
        fc.nat(5),
        fc.integer({ min: 1, max: 5 }),
        (...drawn) => {
          const [steps, filter, offset, limit] = drawn;
          const told = new CapabilityView();
          const records = new Map<string, CapabilityDocument>();
          for (const step of steps) {
            const id = capabilityOf(step.agent, step.name).capability_id;
            const known = records.get(id);
            const event = step.remove
              ? removed(step.agent, step.name)
              : (known ? changed : registered)(step.agent, step.name, { groups: step.groups });
            told.apply(event);
            const record = evolveCapability(known, event);
            if (record) records.set(id, record);
            else records.delete(id);
          }
          const seeded = new CapabilityView();
          seeded.seed([...records.values()].reverse());
          const isBelow = (word: string) =>
            filter.capability?.endsWith('*')
              ? word.startsWith(filter.capability.slice(0, -1))
              : word === filter.capability;
          const expected = [...records.values()]
            .filter(
              (record) =>
                (filter.agent_id === undefined || record.agent_id === filter.agent_id) &&
                (filter.capability === undefined || isBelow(record.name)) &&
                (filter.group === undefined || record.groups.includes(filter.group)),
            )
            .sort((a, b) => (`${a.name} ${a.agent_id}` < `${b.name} ${b.agent_id}` ? -1 : 1));
          for (const view of [told, seeded]) {
            expect(view.size).toBe(records.size);
            expect(view.list(filter, offset, limit)).toEqual({
              page: expected.slice(offset, offset + limit),
              total: expected.length,
            });
          }
          expect(all(told)).toEqual(all(seeded));
          expect(told.groups(0, 10)).toEqual(seeded.groups(0, 10));
        },
      ),
    );
  });
});
