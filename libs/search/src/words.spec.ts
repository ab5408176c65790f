import { textOf } from './capability-text';
import { LONGEST_TEXT, stemOf, tellingWords, wordsOf } from './words';

describe('words', () => {
  it.each([
    ['document.ocr', ['document', 'ocr']],
    ['image-face_blur', ['image', 'face', 'blur']],
    ['extractTextFromPDFDocument', ['extract', 'text', 'from', 'pdf', 'document']],
    ['HTTPServer v2Api', ['http', 'server', 'v2', 'api']],
    ['Größe, naïve: 東京!', ['größe', 'naïve', '東京']],
    ['\u0000 \uD800 --', []],
  ])('should split %j', (text, words) => expect(wordsOf(text)).toEqual(words));

  it('should leave out what says nothing, unless there is nothing else', () => {
    expect(tellingWords(wordsOf('I need to extract the text'))).toEqual(['extract', 'text']);
    expect(tellingWords(wordsOf('to be or not to be'))).toEqual(['to', 'be', 'or', 'not', 'to', 'be']);
  });

  it.each([
    [['extract', 'extracts', 'extracted', 'extracting', 'extraction']],
    [['translate', 'translates', 'translated', 'translating', 'translation']],
    [['deploy', 'deployed', 'deployment', 'deployments']],
    [['library', 'libraries']],
    [['plan', 'plans', 'planned', 'planning']],
    [['image', 'images']],
    [['classify', 'classifies', 'classified']],
  ])('should bring the forms of a word together: %j', (forms) => expect(new Set(forms.map(stemOf)).size).toBe(1));

  it.each([
    ['process', 'proces'],
    ['nation', 'n'],
    ['red', 'r'],
    ['sing', 's'],
  ])('should not cut %s down to %s', (word, stem) => expect(stemOf(word)).not.toBe(stem));
});

describe('the text of a capability', () => {
  it('should hold its name, metadata words, example queries and groups, and no version', () => {
    const metadata = {
      version: '1.2.3-beta',
      supported_formats: ['pdf'],
      limits: { max_pages: 3, unit: 'pages' },
      representative_queries: ['read a scan'],
      description: 'Reads scans',
    };
    const text = textOf({ name: 'document.ocr', metadata, groups: ['us-east'] });
    expect(text.split(' \n')).toEqual([
      'document.ocr',
      'read a scan',
      'Reads scans',
      'supported_formats',
      'pdf',
      'limits',
      'max_pages',
      'unit',
      'pages',
      'us-east',
    ]);
  });

  it('should be bounded, however large or deep the metadata is', () => {
    let deep: Record<string, unknown> = { end: 'unreachable' };
    for (let level = 0; level < 30; level += 1) deep = { deep };
    const many = Object.fromEntries(Array.from({ length: 5_000 }, (_, at) => [`key${at}`, 'x'.repeat(1_000)]));
    const text = textOf({
      name: 'n',
      metadata: { deep, many },
      groups: Array.from({ length: 100 }, (_, at) => `g${at}`),
    });
    expect(text.length).toBeLessThanOrEqual(LONGEST_TEXT);
    expect(text).not.toContain('unreachable');
  });
});
