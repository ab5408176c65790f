import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { GLOSSARY } from './glossary';
import { wordVectorEmbedder } from './word-vector.embedder';
import { dot, readWordVectors } from './word-vectors';

describe('the embedder of word vectors', () => {
  const vectors = readWordVectors();
  const embedder = wordVectorEmbedder(vectors);
  const one = (text: string) => embedder.embed([text])[0];
  const cosine = (left: string, right: string) => dot(one(left)!, one(right)!);

  it('should have its asset whole, with licence and acknowledgement', () => {
    expect(vectors.words).toHaveLength(40_000);
    expect(vectors.rows).toHaveLength(4_000_000);
    const folder = path.join(__dirname, '..', 'assets');
    expect(readdirSync(folder)).toEqual(expect.arrayContaining(['LICENSE', 'ACKNOWLEDGEMENT.md', 'README.md']));
    expect(readFileSync(path.join(folder, 'ACKNOWLEDGEMENT.md'), 'utf8')).toContain('GloVe');
  });

  it('should tell near from far', () => {
    expect(cosine('buy a car', 'purchase an automobile')).toBeGreaterThan(0.5);
    expect(cosine('buy a car', 'grammar of latin verbs')).toBeLessThan(0.2);
  });

  it('should give unit vectors, the same for the same words in any order', () => {
    const vector = one('extract text from documents')!;
    expect(dot(vector, vector)).toBeCloseTo(1, 5);
    expect(cosine('documents, text: EXTRACT', 'extract text documents')).toBeCloseTo(1, 5);
  });

  it('should understand an unknown word by its beginning or by the glossary, and say so when it does not', () => {
    expect(vectors.words).not.toContain('summarizer');
    expect(cosine('summarizer', 'summary')).toBeGreaterThan(0.3);
    expect(cosine('kubernetes', 'servers')).toBeGreaterThan(0.4);
    expect(one('qxzzqv wvwvwv')).toBeUndefined();
    expect(one('')).toBeUndefined();
    expect(one('constructor __proto__')).toBeDefined();
  });

  it('should have a glossary in words that the vectors know', () => {
    const known = new Set(vectors.words);
    const unknown = Object.values(GLOSSARY).flatMap((meaning) => meaning.split(' ').filter((word) => !known.has(word)));
    expect(unknown).toEqual([]);
  });

  it('rejects vectors and words that do not belong together', () => {
    expect(() => readWordVectors(path.join(__dirname, 'nowhere'))).toThrow(/ENOENT/);
  });
});
