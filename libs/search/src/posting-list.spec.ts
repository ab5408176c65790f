import * as fc from 'fast-check';
import { PostingList } from './posting-list';

const numbersOf = (list: PostingList) => Array.from({ length: list.length }, (_, index) => list.at(index));

describe('a posting list', () => {
  it('should be in order after any history, short or long', () => {
    const step = fc.record({ number: fc.nat(2 ** 31), adds: fc.boolean() });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 200 }), fc.nat(100), (steps, head) => {
        const list = new PostingList(5);
        const known = [5];
        for (let number = 0; number < head; number += 1) {
          list.insert(2 ** 32 - 1 - number);
          known.push(2 ** 32 - 1 - number);
        }
        for (const { number, adds } of steps) {
          const found = known.sort((a, b) => a - b).findIndex((one) => one >= number);
          if (adds) {
            list.insert(number);
            known.push(number);
          } else if (found >= 0) {
            list.removeFrom(number);
            known.splice(found, 1);
          }
        }
        expect(numbersOf(list)).toEqual(known.sort((a, b) => a - b));
      }),
    );
  });
});
