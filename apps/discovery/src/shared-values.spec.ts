import { SharedValues } from './shared-values';

describe('shared values', () => {
  it('should be one object for what is equal, and others for what is not', () => {
    const shared = new SharedValues();
    const first = shared.of({ version: '1.0.0' });
    expect(shared.of({ version: '1.0.0' })).toBe(first);
    expect(shared.of({ version: '1.0.1' })).not.toBe(first);
    expect(shared.of([])).toBe(shared.of([]));
    expect(shared.of([])).toEqual([]);
    expect(shared.of({})).toEqual({});
  });

  it('should leave long ones alone, and keep a bounded number', () => {
    const shared = new SharedValues();
    const long = () => ({ text: 'x'.repeat(2_000) });
    expect(shared.of(long())).not.toBe(shared.of(long()));
    const first = shared.of({ number: 0 });
    for (let number = 1; number <= 20_000; number += 1) shared.of({ number });
    expect(shared.of({ number: 0 })).not.toBe(first);
    expect(shared.of({ number: 0 })).toEqual(first);
  });
});
