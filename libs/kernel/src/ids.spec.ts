import { version } from 'uuid';
import { isId, newId } from './ids';

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
