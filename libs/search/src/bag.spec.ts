import * as fc from 'fast-check';
import { Bag } from './bag';

describe('a bag', () => {
  it('should hold after any history what a set holds', () => {
    const step = fc.record({ adds: fc.boolean(), item: fc.integer({ min: 1, max: 5 }) });
    fc.assert(
      fc.property(fc.array(step), (steps) => {
        const bag = new Bag<number>(undefined);
        const set = new Set<number>();
        for (const { adds, item } of steps) {
          if (adds) {
            bag.add(item);
            set.add(item);
          } else expect(bag.remove(item)).toBe(set.delete(item));
          expect([...bag].sort()).toEqual([...set].sort());
          expect(bag.isEmpty).toBe(set.size === 0);
        }
      }),
    );
  });
});
