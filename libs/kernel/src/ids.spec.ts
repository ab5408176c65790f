import { randomUUID } from 'node:crypto';
import { v5, version } from 'uuid';
import { derivedId, derivedIdAt, isId, newId, prefixedId, readId } from './ids';

describe('a fresh id', () => {
  it('should be a UUID v7 of the present time', () => {
    const before = Date.now();
    const id = newId();
    expect(isId(id)).toBe(true);
    expect(version(id)).toBe(7);
    const time = Number.parseInt(id.replaceAll('-', '').slice(0, 12), 16);
    expect(time).toBeGreaterThanOrEqual(before);
    expect(time).toBeLessThanOrEqual(Date.now() + 1_000);
  });

  it('should be another and a greater one each time, however many are wanted at once', () => {
    const ids = Array.from({ length: 50_000 }, newId);
    expect(ids.every((id, index) => index === 0 || id > ids[index - 1]!)).toBe(true);
    expect(ids.every(isId)).toBe(true);
  });

  it('should ascend when the clock is set back', () => {
    const now = Date.now;
    const first = newId();
    Date.now = () => now() - 3_600_000;
    try {
      expect(newId() > first).toBe(true);
    } finally {
      Date.now = now;
    }
  });
});

describe('a derived id', () => {
  const NAMESPACE = '5f0c1d0a-3b1e-5d43-9a77-0d6f7a2c9e11';

  it('should be the UUID v5 of its parts, each with its length', () => {
    expect(derivedId('task', 7)).toBe(v5('4:task|1:7', NAMESPACE));
    for (let round = 0; round < 500; round += 1) {
      const part = `${randomUUID()} ä€😀`;
      expect(derivedId('x', part)).toBe(v5(`1:x|${part.length}:${part}`, NAMESPACE));
    }
  });

  it('should tell apart what would be the same text in a row', () => {
    expect(derivedId('a', 'b|1:c')).not.toBe(derivedId('a', 'b', 'c'));
    expect(isId(derivedId('a'))).toBe(true);
  });
});

describe('a derived id of a time', () => {
  const [earlier, later] = ['2026-01-01T00:00:00.000Z', '2026-01-01T00:00:00.001Z'];

  it('should be a UUID v7 of that time, the same for the same parts', () => {
    const id = derivedIdAt(earlier, 'task', 7);
    expect([isId(id), version(id)]).toEqual([true, 7]);
    expect(Number.parseInt(id.replaceAll('-', '').slice(0, 12), 16)).toBe(Date.parse(earlier));
    expect(derivedIdAt(earlier, 'task', 7)).toBe(id);
    expect(derivedIdAt(earlier, 'task', 8)).not.toBe(id);
  });

  it('should ascend with the time', () => {
    const ids = Array.from({ length: 100 }, (_, part) => [derivedIdAt(earlier, part), derivedIdAt(later, part)]);
    expect(ids.every(([one, other]) => one! < other!)).toBe(true);
  });
});

describe('an id as callers write it', () => {
  const ID = '01890a5d-ac96-774b-bcce-b302099a8057';

  it('should be read in any case, prefixed, and then without hyphens too', () => {
    for (const text of [ID, ID.toUpperCase()]) expect([text, readId(text)]).toEqual([text, ID]);
    for (const text of [ID, `run_${ID}`, prefixedId('run', ID), prefixedId('run', ID).toUpperCase()])
      expect([text, readId(text, 'run')]).toEqual([text, ID]);
  });

  it('should be none under another prefix, and none that is not whole', () => {
    for (const text of ['', 'run_', `task_${ID}`, ` ${ID}`, ID.slice(1), `run_${ID}0`, ID.replaceAll('-', '')])
      expect([text, readId(text, 'run')]).toEqual([text, undefined]);
    expect(readId(`run_${ID}`)).toBeUndefined();
  });
});
