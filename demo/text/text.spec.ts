import { decode, readableText } from './decode';
import { corpusOf, keywordsOf, overallKeywords, termsOf } from './keywords';
import { countText, words } from './tokens';

const utf16be = (text: string) => Buffer.from(text, 'utf16le').swap16();

describe('decode', () => {
  it.each([
    ['utf-8', Buffer.from('naïve – 日本')],
    ['utf-8', Buffer.concat([Buffer.from([0xef, 0xbb, 0xbf]), Buffer.from('naïve – 日本')])],
    ['utf-16le', Buffer.concat([Buffer.from([0xff, 0xfe]), Buffer.from('naïve – 日本', 'utf16le')])],
    ['utf-16be', Buffer.concat([Buffer.from([0xfe, 0xff]), utf16be('naïve – 日本')])],
  ])('should read %s', (encoding, bytes) => {
    expect(decode(bytes)).toEqual({ kind: 'text', text: 'naïve – 日本', encoding });
  });

  it('should read UTF-16 without a byte order mark and old Western files', () => {
    expect(decode(Buffer.from('plain words here', 'utf16le'))).toMatchObject({ encoding: 'utf-16le' });
    expect(decode(utf16be('plain words here'))).toMatchObject({ text: 'plain words here', encoding: 'utf-16be' });
    expect(decode(Buffer.from('na\xefve \x80', 'latin1'))).toMatchObject({ text: 'naïve €', encoding: 'windows-1252' });
  });

  it('should tell binary files from text', () => {
    expect(decode(Buffer.from('\x89PNG\r\n\x1a\n', 'latin1'))).toEqual({ kind: 'binary', why: 'PNG image' });
    expect(decode(Buffer.from('%PDF-1.7 text'))).toMatchObject({ kind: 'binary' });
    expect(decode(Buffer.from([65, 66, 0, 67, 68, 69, 70, 71]))).toMatchObject({ kind: 'binary' });
    expect(decode(Buffer.from(Array.from({ length: 200 }, (_, n) => (n % 31) + 1)))).toMatchObject({ kind: 'binary' });
    expect(decode(Buffer.alloc(0))).toEqual({ kind: 'text', text: '', encoding: 'utf-8' });
  });

  it('should drop the character that a cut tore apart, in every encoding', () => {
    const bytes = Buffer.from('ab€');
    for (const length of [3, 4]) {
      expect(decode(bytes.subarray(0, length), { cut: true })).toMatchObject({ text: 'ab', encoding: 'utf-8' });
    }
    expect(decode(bytes, { cut: true })).toMatchObject({ text: 'ab€' });
    const wide = Buffer.concat([Buffer.from([0xff, 0xfe]), Buffer.from('abc', 'utf16le')]);
    expect(decode(wide.subarray(0, 7), { cut: true })).toMatchObject({ text: 'ab', encoding: 'utf-16le' });
  });

  it('should take the tags out of HTML and leave other text alone', () => {
    const html = '<style>p{}</style><p title="x">Tom &amp; Jerry<script>alert(1)</script></p><!-- no -->';
    expect(readableText(html, 'a.HTML').trim()).toBe('Tom & Jerry');
    expect(readableText('a < b > c', 'a.txt')).toBe('a < b > c');
  });
});

describe('words', () => {
  it('should find words of any script, with inner apostrophes and hyphens', () => {
    expect([...words("Don’t stop: UTF-8, naïve 'quoted' café-bar 42.")]).toEqual([
      "don't",
      'stop',
      'utf-8',
      'naïve',
      'quoted',
      'café-bar',
      '42',
    ]);
    expect([...words('Событие в журнале')]).toEqual(['событие', 'в', 'журнале']);
    expect([...words('日本語の文書')].length).toBeGreaterThan(1);
  });

  it('should count what a reader would count', () => {
    const { frequencies, ...figures } = countText('One two.\ntwo 😀\n');
    expect(figures).toEqual({ words: 3, uniqueWords: 2, lines: 2, characters: 15 });
    expect(frequencies.get('two')).toBe(2);
    expect(countText('')).toMatchObject({ words: 0, lines: 0 });
  });
});

describe('keywords', () => {
  const terms = (text: string) => termsOf(countText(text).frequencies);

  it('should leave out stop words, numbers and single letters, and count a plural with its singular', () => {
    expect({ ...terms("the event and the events, x 42 it's policies policy agent's") }).toEqual({
      event: 2,
      policy: 2,
      agent: 1,
    });
    expect({ ...terms('constructor __proto__ constructor') }).toEqual({ constructor: 2, proto: 1 });
  });

  it('should rank what tells a document from the others above what all of them say', () => {
    const documents = ['log log log lease', 'log log agent agent', 'log queue'].map(terms);
    const corpus = corpusOf(documents);
    expect(corpus).toMatchObject({ documents: 3, documentFrequency: { log: 3, lease: 1 } });
    expect(keywordsOf(documents[0]!, corpus).map(({ term }) => term)).toEqual(['lease', 'log']);
    expect(keywordsOf(documents[1]!, corpus)[0]?.term).toBe('agent');
  });

  it('should find the keywords of a corpus of one document by frequency', () => {
    const only = terms('log log log lease lease queue');
    expect(keywordsOf(only, corpusOf([only]), 2).map(({ term }) => term)).toEqual(['log', 'lease']);
  });

  it('should sum up the keywords of all documents', () => {
    const overall = overallKeywords([
      [
        { term: 'log', score: 1 },
        { term: 'lease', score: 0.5 },
      ],
      [{ term: 'lease', score: 1 }],
    ]);
    expect(overall).toEqual([
      { term: 'lease', score: 1.5 },
      { term: 'log', score: 1 },
    ]);
  });
});
