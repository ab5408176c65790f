import { SUMMARIES, SUMMARIES_OF } from './all';

/** That there is one for each operation is a test of the gateway as it is served: `test/access-matrix.spec.ts`. */
describe('the summaries of operations', () => {
  it('should say each once, in a few words', () => {
    const all = SUMMARIES_OF.flatMap((summaries) => Object.entries(summaries));
    expect(all).toHaveLength(Object.keys(SUMMARIES).length);
    for (const [key, summary] of all) {
      expect(key).toMatch(/^(GET|POST|PUT|PATCH|DELETE) \/\S*$/);
      expect(summary).toMatch(/^[A-Z].{2,90}[^.]$/);
    }
  });
});
