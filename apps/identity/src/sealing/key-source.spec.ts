import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { StartupError } from '@ao/platform';
import { testKek } from '@ao/sealing/testing';
import { openKeyRing, whyNoKeyRing } from './key-source';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'ao-keys-'));
});
afterAll(() => rmSync(folder, { recursive: true }));
const fileWith = (text: string) => {
  const file = path.join(folder, 'keys');
  writeFileSync(file, text);
  return file;
};

it('should take its keys from the environment or from a file', () => {
  expect(openKeyRing({ SEALING_KEYS: testKek('a') }).wrappingId()).toBe('a');
  expect(openKeyRing({ SEALING_KEYS_FILE: fileWith(`${testKek('b')}\n`) }).wrappingId()).toBe('b');
  expect(whyNoKeyRing({ SEALING_KEYS: testKek('a') })).toBeUndefined();
});

it.each([
  ['no keys', () => ({}), 'has no keys to seal'],
  ['both', () => ({ SEALING_KEYS: testKek('a'), SEALING_KEYS_FILE: fileWith(testKek('a')) }), 'both set'],
  ['no file', () => ({ SEALING_KEYS_FILE: path.join(folder, 'missing') }), 'SEALING_KEYS_FILE cannot be read (ENOENT'],
  ['an empty file', () => ({ SEALING_KEYS_FILE: fileWith('\n') }), 'is empty'],
  ['rubbish', () => ({ SEALING_KEYS: 'hunter2' }), 'number 1 is not <id>:<base64 of 32 bytes>'],
])('rejects %s in one sentence that says what to do', (_what, config, why) => {
  expect(() => openKeyRing(config())).toThrow(StartupError);
  const sentence = whyNoKeyRing(config());
  expect(sentence).toContain(why);
  expect(sentence).toContain('openssl rand -base64 32');
  expect(sentence).not.toContain('hunter2');
  expect(sentence).not.toContain('\n');
});
