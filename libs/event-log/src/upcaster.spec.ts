import fc from 'fast-check';
import { defineUpcasters, NewerSchemaError, type RecordedEvent } from './index';

function event(type: string, schema_version: number, data: unknown): RecordedEvent {
  return {
    position: 7,
    stream_id: 'task-1',
    category: 'task',
    version: 1,
    type,
    schema_version,
    data,
    metadata: { actor: { type: 'system', id: 'test' }, correlation_id: 'c', causation_id: 'c', command_id: 'c' },
    recorded_at: '2026-01-01T00:00:00.000000Z',
  };
}

describe('upcasters', () => {
  const chain = {
    1: (data: { title: string }) => ({ name: data.title }),
    2: (data: { name: string }) => ({ ...data, tags: [] }),
  };
  const upcasters = defineUpcasters({ Named: chain }, { Named: { schemaVersion: 3 }, Plain: { schemaVersion: 1 } });

  it('should lift every version to the newest, step by step', () => {
    expect(upcasters.upcast(event('Named', 1, { title: 'a' }))).toMatchObject({
      schema_version: 3,
      data: { name: 'a', tags: [] },
    });
    expect(upcasters.upcast(event('Named', 2, { name: 'a' })).data).toEqual({ name: 'a', tags: [] });
    expect(upcasters.latest('Named')).toBe(3);
  });

  it('should be pure, and leave an event at its newest version the same object', () => {
    fc.assert(
      fc.property(fc.string(), (title) => {
        const old = Object.freeze(event('Named', 1, Object.freeze({ title })));
        const once = upcasters.upcast(old);
        expect(upcasters.upcast(old)).toEqual(once);
        expect(upcasters.upcast(once)).toBe(once);
      }),
    );
  });

  it('should pass types it does not know as they are', () => {
    const unknown = event('Later', 5, {});
    expect(upcasters.upcast(unknown)).toBe(unknown);
  });

  it('rejects an event of a newer schema version, with its position', () => {
    expect(() => upcasters.upcast(event('Plain', 2, {}))).toThrow(NewerSchemaError);
    expect(() => upcasters.upcast(event('Plain', 2, {}))).toThrow(/Plain at position 7 has schema version 2/);
  });

  it('rejects a chain with a missing or a surplus step when it is defined', () => {
    const { 1: first, 2: second } = chain;
    expect(() => defineUpcasters({ Named: { 2: second } }, { Named: { schemaVersion: 3 } })).toThrow(
      'the upcaster of Named from schema version 1 to 2 is missing',
    );
    expect(() => defineUpcasters({ Named: { 1: first } }, { Named: { schemaVersion: 1 } })).toThrow(/leads past/);
    expect(() => defineUpcasters({}, { Named: { schemaVersion: 2 } })).toThrow(/is missing/);
  });
});
