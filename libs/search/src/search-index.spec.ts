import * as fc from 'fast-check';
import { normalized } from './embedder';
import { SearchIndex, type SearchFor } from './search-index';

type Asked = SearchFor<string>;

const SAME = { unrelated: 0, same: 1 };
const indexWith = (cosines = SAME) => new SearchIndex<string>(cosines, (id) => id);
const vector = (...values: number[]) => normalized(Float32Array.from(values))!;
const ask = (changes: Partial<Asked> = {}): Asked => ({
  text: 'zebra',
  vector: undefined,
  topK: 10,
  minScore: 0,
  ...changes,
});
const ids = (index: SearchIndex<string>, changes: Partial<Asked> = {}) =>
  index.search(ask(changes)).map(({ item }) => item);

describe('the search index', () => {
  it('should add and remove', () => {
    const index = indexWith();
    expect(index.add('1', 'zebra crossing')).toBe(true);
    expect(index.add('2', 'horse')).toBe(true);
    expect(ids(index)).toEqual(['1']);
    index.remove('2', 'horse');
    index.add('2', 'zebra');
    expect(ids(index)).toEqual(['2', '1']);
    index.remove('1', 'zebra crossing');
    index.add('1', 'horse');
    expect(ids(index)).toEqual(['2']);
    index.remove('2', 'zebra');
    index.remove('2', 'zebra');
    index.remove('1', 'another text');
    expect(ids(index)).toEqual([]);
    expect(ids(index, { text: 'horse' })).toEqual(['1']);
    expect({ size: index.size, texts: index.texts }).toEqual({ size: 1, texts: 1 });
  });

  it('should keep an equal text once, until the last who says it is gone', () => {
    const index = indexWith();
    expect(index.add('1', 'zebra')).toBe(true);
    expect(index.add('2', 'zebra')).toBe(false);
    expect(index.texts).toBe(1);
    index.setVector('zebra', vector(1, 0));
    index.remove('1', 'zebra');
    expect(index.search(ask({ text: 'cow', vector: vector(1, 0) }))).toEqual([
      { item: '2', score: expect.closeTo(0.7, 2) },
    ]);
    index.remove('2', 'zebra');
    expect(index.texts).toBe(0);
  });

  it('should blend what the vectors and the words say, and take words alone where there is no vector', () => {
    const index = indexWith({ unrelated: 0.2, same: 0.8 });
    index.add('near', 'cat');
    index.setVector('cat', vector(0.5, Math.sqrt(0.75)));
    index.add('opposite', 'dog');
    index.setVector('dog', vector(-1, 0));
    index.add('none', 'zebra');
    index.setVector('zebra', undefined);
    expect(index.search(ask({ vector: vector(1, 0) }))).toEqual([
      { item: 'none', score: expect.closeTo(1, 5) },
      { item: 'near', score: expect.closeTo(0.35, 2) },
    ]);
    expect(index.search(ask())).toEqual([{ item: 'none', score: expect.closeTo(1, 5) }]);
  });

  it('should not give a slot that is used again what was there before', () => {
    const index = indexWith();
    index.add('1', 'cat');
    index.setVector('cat', vector(1, 0));
    index.remove('1', 'cat');
    index.add('2', 'dog');
    expect(ids(index, { vector: vector(1, 0) })).toEqual([]);
    expect(index.pending).toBe(1);
    index.setVector('cat', vector(1, 0));
    expect(ids(index, { vector: vector(1, 0) })).toEqual([]);
  });

  it('should obey top_k, min_score and the filter, equal scores by id', () => {
    const index = indexWith();
    for (let id = 9; id >= 0; id -= 1) index.add(String(id), 'zebra');
    index.add('x', 'zebra horse cow goat pig');
    index.add('z', 'horse');
    expect(ids(index, { topK: 3 })).toEqual(['0', '1', '2']);
    expect(ids(index, { topK: 3, filter: (id) => id > '6' })).toEqual(['7', '8', '9']);
    expect(ids(index, { topK: 100 })).toEqual([...'0123456789', 'x']);
    expect(ids(index, { topK: 100, minScore: 0.99 })).toEqual([...'0123456789']);
  });

  it('should pass over a query of another embedder', () => {
    const index = indexWith();
    index.add('1', 'zebra');
    index.setVector('zebra', vector(1, 0));
    expect(ids(index, { vector: vector(1, 0, 0) })).toEqual(['1']);
    expect(() => index.setVector('zebra', vector(1, 0, 0))).toThrow(/2 components/);
  });

  it('should be after any history as if only what is left had ever been there, scores in 0..1', () => {
    const word = fc.constantFrom('red', 'green', 'blue', 'tree', 'house', 'zebra');
    const text = fc.array(word, { minLength: 1, maxLength: 5 }).map((words) => words.join(' '));
    const id = fc.integer({ min: 0, max: 12 }).map(String);
    const direction = fc
      .array(fc.integer({ min: -9, max: 9 }), { minLength: 4, maxLength: 4 })
      .map((values) => normalized(Float32Array.from(values)));
    const step = fc.oneof(
      fc.record({ id, text }),
      id.map((gone) => ({ id: gone, text: undefined })),
    );
    fc.assert(
      fc.property(
        fc.array(step, { maxLength: 60 }),
        text,
        direction,
        fc.infiniteStream(direction),
        (steps, query, asked, stream) => {
          const index = indexWith();
          const vectors = new Map<string, Float32Array | undefined>();
          const left = new Map<string, string>();
          const vectorOf = (of: string) => {
            if (!vectors.has(of)) vectors.set(of, stream.next().value as Float32Array | undefined);
            return vectors.get(of);
          };
          for (const one of steps) {
            const before = left.get(one.id);
            if (before !== undefined) index.remove(one.id, before);
            left.delete(one.id);
            if (one.text !== undefined) {
              if (index.add(one.id, one.text)) index.setVector(one.text, vectorOf(one.text));
              left.set(one.id, one.text);
            }
          }
          const fresh = indexWith();
          for (const [key, value] of left) if (fresh.add(key, value)) fresh.setVector(value, vectorOf(value));
          const wanted = ask({ text: query, vector: asked, topK: 7 });
          const hits = index.search(wanted);
          expect(hits).toEqual(fresh.search(wanted));
          for (const { score } of hits) expect(score > 0 && score <= 1).toBe(true);
          expect(index.pending).toBe(0);
          expect(index.size).toBe(left.size);
        },
      ),
    );
  });
});
