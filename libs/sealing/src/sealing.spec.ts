import { Sealed, SEAL_CONTEXTS } from '@ao/contracts';
import { newId } from '@ao/kernel';
import { createSealer } from './create-sealer';
import { KeyRingError, SealBrokenError, SubjectErasedError } from './errors';
import { createKeyRing } from './key-ring';
import type { KeyStore } from './key-store';
import { rewrapKeys } from './rewrap-keys';
import { memoryKeyStore, testKek, testSealer } from './testing';

const user = () => `user-${newId()}`;
const TEXT = 'ada@example.org, with ünïcode 🗝';

describe('sealing', () => {
  it('should open what it sealed, in every context, also the empty text and 64 KiB', async () => {
    const sealer = testSealer();
    const subject = user();
    for (const context of SEAL_CONTEXTS)
      for (const text of [TEXT, '', 'x'.repeat(64 * 1024)]) {
        const sealed = await sealer.seal(subject, context, text);
        expect(Sealed.safeParse(sealed).success).toBe(true);
        expect(await sealer.open(sealed, context)).toBe(text);
      }
  });

  it('should never seal the same text to the same bytes, nor show it', async () => {
    const sealer = testSealer();
    const subject = user();
    const all = await Promise.all(Array.from({ length: 50 }, () => sealer.seal(subject, 'email', TEXT)));
    expect(new Set(all).size).toBe(50);
    const nonces = all.map((sealed) => Buffer.from(sealed.split('.')[2]!, 'base64url').subarray(0, 12).toString('hex'));
    expect(new Set(nonces).size).toBe(50);
    for (const sealed of all) expect(Buffer.from(sealed.split('.')[2]!, 'base64url').includes('ada')).toBe(false);
  });

  it('rejects every changed byte', async () => {
    const sealer = testSealer();
    const subject = user();
    const sealed = await sealer.seal(subject, 'email', TEXT);
    const bytes = Buffer.from(sealed.split('.')[2]!, 'base64url');
    const again = (changed: Buffer) => `s1.${subject}.${changed.toString('base64url')}`;
    expect(await sealer.open(again(bytes), 'email')).toBe(TEXT);
    for (let at = 0; at < bytes.length; at += 1)
      for (const bit of [1, 128]) {
        const changed = Buffer.from(bytes);
        changed[at]! ^= bit;
        await expect(sealer.open(again(changed), 'email')).rejects.toThrow(SealBrokenError);
      }
    for (const cut of [0, 1, 27, bytes.length - 1])
      await expect(sealer.open(again(bytes.subarray(0, cut)), 'email')).rejects.toThrow(SealBrokenError);
  });

  it('rejects every changed character, also one that spells the same bytes', async () => {
    const sealer = testSealer();
    // 29 bytes: the last character has bits to spare.
    const sealed = await sealer.seal('installation', 'address', 'x');
    const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
    let tried = 0;
    for (let at = sealed.lastIndexOf('.') + 1; at < sealed.length; at += 1)
      for (const letter of letters) {
        if (sealed[at] === letter) continue;
        const changed = sealed.slice(0, at) + letter + sealed.slice(at + 1);
        await expect(sealer.open(changed, 'address')).rejects.toThrow(SealBrokenError);
        tried += 1;
      }
    expect(tried).toBeGreaterThan(2_000);
  });

  it('rejects a text in the place of another: other subject, other context', async () => {
    const sealer = testSealer();
    const [ada, bob] = [user(), user()];
    const sealed = await sealer.seal(ada, 'email', TEXT);
    await sealer.seal(bob, 'email', TEXT);
    await expect(sealer.open(sealed.replace(ada, bob), 'email')).rejects.toThrow(SealBrokenError);
    await expect(sealer.open(sealed.replace(ada, user()), 'email')).rejects.toThrow(SealBrokenError);
    await expect(sealer.open(sealed, 'full_name')).rejects.toThrow(SealBrokenError);
    for (const none of ['', 's1.', 'plain', `s2${sealed.slice(2)}`, `${sealed}.`, `${sealed}\n`])
      await expect(sealer.open(none, 'email')).rejects.toThrow(SealBrokenError);
  });

  it('should not tell what a broken text holds', async () => {
    const sealer = testSealer();
    await expect(sealer.open('ada@example.org', 'email')).rejects.toThrow(/^(?!.*ada)/);
  });
});

describe('destroying a key', () => {
  it('should leave nothing to read, nor let anything be sealed for the subject again', async () => {
    const sealer = testSealer();
    const [ada, bob] = [user(), user()];
    const sealed = await sealer.seal(ada, 'email', TEXT);
    const other = await sealer.seal(bob, 'email', TEXT);
    await sealer.destroy(ada);
    await sealer.destroy(ada);
    expect(await sealer.open(sealed, 'email')).toBeNull();
    expect(await sealer.open(other, 'email')).toBe(TEXT);
    await expect(sealer.seal(ada, 'email', TEXT)).rejects.toThrow(SubjectErasedError);
  });

  it('should also hold for a subject that never had a key', async () => {
    const sealer = testSealer();
    const nobody = user();
    await sealer.destroy(nobody);
    await expect(sealer.seal(nobody, 'email', TEXT)).rejects.toThrow(SubjectErasedError);
  });

  it('should be known to a replica that heard nothing within two seconds, and at once to one that did', async () => {
    let time = 0;
    const store = memoryKeyStore();
    const ring = createKeyRing(testKek('k'));
    const [here, deaf, told] = [1, 2, 3].map(() => createSealer({ ring, store, now: () => time }));
    const ada = user();
    const sealed = await here!.seal(ada, 'email', TEXT);
    expect(await deaf!.open(sealed, 'email')).toBe(TEXT);
    expect(await told!.open(sealed, 'email')).toBe(TEXT);
    await here!.destroy(ada);
    told!.drop(ada);
    expect(await told!.open(sealed, 'email')).toBeNull();
    time = 1_999;
    // The control: until then it does not look.
    expect(await deaf!.open(sealed, 'email')).toBe(TEXT);
    time = 2_000;
    expect(await deaf!.open(sealed, 'email')).toBeNull();
  });

  it('should not keep a key that was read before and arrives after', async () => {
    const store = memoryKeyStore();
    let release: () => void = () => undefined;
    const slow: KeyStore = {
      ...store,
      find: async (subjects) => {
        const found = await store.find(subjects);
        await new Promise<void>((resolve) => (release = resolve));
        return found;
      },
    };
    const ring = createKeyRing(testKek('k'));
    const fast = createSealer({ ring, store });
    const sealed = await fast.seal('installation', 'address', TEXT);
    const ada = user();
    const hers = await fast.seal(ada, 'email', TEXT);
    const sealer = createSealer({ ring, store: slow });
    const opening = sealer.open(hers, 'email');
    await new Promise((resolve) => setImmediate(() => setImmediate(resolve)));
    await sealer.destroy(ada);
    release();
    expect(await opening).toBe(TEXT);
    const again = sealer.open(hers, 'email');
    await new Promise((resolve) => setImmediate(() => setImmediate(resolve)));
    release();
    expect(await again).toBeNull();
    expect(await fast.open(sealed, 'address')).toBe(TEXT);
  });

  it("rejects the installation's key, which indexes are made of", async () => {
    await expect(testSealer().destroy('installation')).rejects.toThrow('not anybody');
  });
});

describe('the keys of subjects', () => {
  it('should be one for everybody, however many need it first at once', async () => {
    const store = memoryKeyStore();
    const ring = createKeyRing(testKek('k'));
    const replicas = Array.from({ length: 5 }, () => createSealer({ ring, store }));
    const subject = user();
    const sealed = await Promise.all(
      replicas.flatMap((sealer) => [1, 2, 3].map(() => sealer.seal(subject, 'email', TEXT))),
    );
    for (const sealer of replicas)
      expect(await Promise.all(sealed.map((text) => sealer.open(text, 'email')))).toEqual(sealed.map(() => TEXT));
  });

  it('should be read together when they are needed together, and not again while they are kept', async () => {
    const store = memoryKeyStore();
    const sealer = createSealer({ ring: createKeyRing(testKek('k')), store, now: () => 0 });
    const sealed = await Promise.all(Array.from({ length: 200 }, () => sealer.seal(user(), 'email', TEXT)));
    sealer.clear();
    const before = store.reads();
    for (let round = 0; round < 3; round += 1) await Promise.all(sealed.map((text) => sealer.open(text, 'email')));
    expect(store.reads() - before).toBe(1);
  });

  it('should be kept in bounded memory, the least recently used go first', async () => {
    const store = memoryKeyStore();
    const sealer = createSealer({ ring: createKeyRing(testKek('k')), store, cached: 2, now: () => 0 });
    const [a, b, c] = await Promise.all([1, 2, 3].map(() => sealer.seal(user(), 'email', TEXT)));
    sealer.clear();
    for (const text of [a!, b!, a!, c!]) await sealer.open(text, 'email');
    const before = store.reads();
    await sealer.open(a!, 'email');
    await sealer.open(c!, 'email');
    expect(store.reads()).toBe(before);
    await sealer.open(b!, 'email');
    expect(store.reads()).toBe(before + 1);
  });
});

describe('the blind index', () => {
  it('should be the same for the same text and purpose only', async () => {
    const store = memoryKeyStore();
    const kek = testKek('k');
    const sealer = createSealer({ ring: createKeyRing(kek), store });
    const index = await sealer.index('email', TEXT);
    expect(index).toMatch(/^[0-9a-f]{64}$/);
    expect(await createSealer({ ring: createKeyRing(kek), store }).index('email', TEXT)).toBe(index);
    expect(await sealer.index('address', TEXT)).not.toBe(index);
    expect(await sealer.index('ab', 'c')).not.toBe(await sealer.index('a', 'bc'));
    expect(await testSealer().index('email', TEXT)).not.toBe(index);
  });
});

describe('other key-encryption keys', () => {
  it('should leave everything readable and every index the same', async () => {
    const store = memoryKeyStore();
    const [k1, k2] = [testKek('k1'), testKek('k2')];
    const ring = createKeyRing(k1);
    const sealer = createSealer({ ring, store });
    const subjects = Array.from({ length: 25 }, user);
    const sealed = await Promise.all(subjects.map((subject) => sealer.seal(subject, 'email', TEXT)));
    const index = await sealer.index('email', TEXT);
    await sealer.destroy(subjects[0]!);

    expect(ring.replace(`${k2},${k1}`)).toBe(true);
    expect(await rewrapKeys(ring, store, { batch: 10 })).toEqual({ rewrapped: 25, failed: 0 });
    expect([...store.keys.values()].filter(({ wrapped }) => wrapped).map(({ kek_id }) => kek_id)).toEqual(
      Array.from({ length: 25 }, () => 'k2'),
    );
    expect(await rewrapKeys(ring, store)).toEqual({ rewrapped: 0, failed: 0 });

    const later = createSealer({ ring: createKeyRing(k2), store });
    expect(await Promise.all(sealed.map((text) => later.open(text, 'email')))).toEqual([
      null,
      ...Array.from({ length: 24 }, () => TEXT),
    ]);
    expect(await later.index('email', TEXT)).toBe(index);
  });

  it('should wrap a key too that was made under the one before and is kept when all others are wrapped anew', async () => {
    const store = memoryKeyStore();
    const [k1, k2] = [testKek('k1'), testKek('k2')];
    const ring = createKeyRing(k1);
    const late: KeyStore = {
      ...store,
      add: async (subject, key) => {
        ring.replace(`${k2},${k1}`);
        await rewrapKeys(ring, store);
        return store.add(subject, key);
      },
    };
    const subject = user();
    const sealed = await createSealer({ ring, store: late }).seal(subject, 'email', TEXT);
    expect(store.keys.get(subject)?.kek_id).toBe('k2');
    expect(await createSealer({ ring: createKeyRing(k2), store }).open(sealed, 'email')).toBe(TEXT);
  });

  it('should count what they cannot unwrap and go on with the rest', async () => {
    const store = memoryKeyStore();
    await createSealer({ ring: createKeyRing(testKek('lost')), store }).seal(user(), 'email', TEXT);
    const k1 = testKek('k1');
    await createSealer({ ring: createKeyRing(k1), store }).seal(user(), 'email', TEXT);
    const ring = createKeyRing(`${testKek('k2')}\n${k1}`);
    expect(await rewrapKeys(ring, store, { batch: 1 })).toEqual({ rewrapped: 1, failed: 1 });
  });

  it('should not bring a key back that was destroyed meanwhile', async () => {
    const store = memoryKeyStore();
    const [k1, k2] = [testKek('k1'), testKek('k2')];
    const ring = createKeyRing(k1);
    const sealer = createSealer({ ring, store });
    const subject = user();
    const sealed = await sealer.seal(subject, 'email', TEXT);
    ring.replace(`${k2},${k1}`);
    const destroying: KeyStore = {
      ...store,
      outdated: async (...of) => {
        const found = await store.outdated(...of);
        await sealer.destroy(subject);
        return found;
      },
    };
    expect(await rewrapKeys(ring, destroying)).toEqual({ rewrapped: 0, failed: 0 });
    expect(await sealer.open(sealed, 'email')).toBeNull();
  });

  it('should still unwrap by a key that is no longer named, until the process ends', async () => {
    const store = memoryKeyStore();
    const [k1, k2] = [testKek('k1'), testKek('k2')];
    const ring = createKeyRing(k1);
    const sealed = await createSealer({ ring, store }).seal(user(), 'email', TEXT);
    ring.replace(k2);
    expect(await createSealer({ ring, store }).open(sealed, 'email')).toBe(TEXT);
  });

  it('should be looked for again before a key counts as lost', async () => {
    const store = memoryKeyStore();
    const [k1, k2] = [testKek('k1'), testKek('k2')];
    const sealed = await createSealer({ ring: createKeyRing(k2), store }).seal(user(), 'email', TEXT);
    const ring = createKeyRing(k1);
    const refresh = () => Promise.resolve(void ring.replace(`${k2},${k1}`));
    await expect(createSealer({ ring: createKeyRing(k1), store }).open(sealed, 'email')).rejects.toThrow(KeyRingError);
    expect(await createSealer({ ring, store, refresh }).open(sealed, 'email')).toBe(TEXT);
  });

  it('rejects a wrong key of the right name', async () => {
    const store = memoryKeyStore();
    const sealed = await createSealer({ ring: createKeyRing(testKek('k')), store }).seal(user(), 'email', TEXT);
    await expect(createSealer({ ring: createKeyRing(testKek('k')), store }).open(sealed, 'email')).rejects.toThrow(
      KeyRingError,
    );
  });

  it("rejects a wrapped key in another subject's row", async () => {
    const store = memoryKeyStore();
    const sealer = createSealer({ ring: createKeyRing(testKek('k')), store, now: () => 0 });
    const [ada, bob] = [user(), user()];
    await sealer.seal(ada, 'email', TEXT);
    const sealed = await sealer.seal(bob, 'email', TEXT);
    store.keys.set(bob, store.keys.get(ada)!);
    sealer.clear();
    await expect(sealer.open(sealed, 'email')).rejects.toThrow(KeyRingError);
  });
});

describe('a list of key-encryption keys', () => {
  it('should take commas, lines, comments and blanks; the first one wraps', () => {
    const [a, b, c] = [testKek('a'), testKek('b'), testKek('c')];
    const ring = createKeyRing(`# of today\n\n ${a} , ${b}\r\n${c}\n`);
    expect(ring.wrappingId()).toBe('a');
    expect(['a', 'b', 'c', 'd'].map((id) => ring.has(id))).toEqual([true, true, true, false]);
  });

  const short = `k:${Buffer.alloc(31).toString('base64')}`;
  const long = `k:${Buffer.alloc(33).toString('base64')}`;
  it.each(['', '# nothing', 'k', 'k:', 'k:abc', short, long, testKek('has blank'), `${testKek('k')},${testKek('k')}`])(
    'rejects %j without repeating it',
    (text) => {
      expect(() => createKeyRing(text)).toThrow(KeyRingError);
      const base64 = text.split(':')[1];
      if (base64) expect(() => createKeyRing(text)).not.toThrow(base64);
    },
  );

  it('rejects another key under a name in use, and stays as it was', async () => {
    const store = memoryKeyStore();
    const ring = createKeyRing(testKek('k'));
    const sealer = createSealer({ ring, store });
    const sealed = await sealer.seal(user(), 'email', TEXT);
    expect(() => ring.replace(`${testKek('new')},${testKek('k')}`)).toThrow('needs a new id');
    expect(() => ring.replace('rubbish')).toThrow(KeyRingError);
    expect(ring.has('new')).toBe(false);
    sealer.clear();
    expect(await sealer.open(sealed, 'email')).toBe(TEXT);
  });
});
