import { isBusy } from './slots';
import { createPasswords } from './passwords';

describe('passwords', () => {
  const passwords = createPasswords({ slots: 1 });

  it('should hash by argon2id with a salt of its own, and know it again', async () => {
    const [one, other] = [await passwords.hash('correct horse'), await passwords.hash('correct horse')];
    expect(one).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/);
    expect(one).not.toBe(other);
    if (isBusy(one)) throw new Error('busy');
    await expect(passwords.compare({ password: 'correct horse', hash: one })).resolves.toBe(true);
    await expect(passwords.compare({ password: 'correct horsf', hash: one })).resolves.toBe(false);
  });

  it('should know a password however its accents are spelt', async () => {
    const [composed, decomposed] = ['caf\u00e9 au lait', 'cafe\u0301 au lait'];
    for (const [set, given] of [
      [composed, decomposed],
      [decomposed, composed],
    ] as const) {
      const hash = (await passwords.hash(set)) as string;
      await expect(passwords.compare({ password: given, hash })).resolves.toBe(true);
      await expect(passwords.compare({ password: 'cafe au lait', hash })).resolves.toBe(false);
    }
  });

  it('should compare for nobody as well, and never find it right', async () => {
    const compared: string[] = [];
    const counting = createPasswords({
      slots: 1,
      verify: (hash) => {
        compared.push(hash);
        return Promise.resolve(true);
      },
    });
    await expect(counting.compare({ password: 'x', hash: undefined })).resolves.toBe(false);
    await expect(counting.compare({ password: 'x', hash: '$argon2id$known' })).resolves.toBe(true);
    expect(compared).toHaveLength(2);
    expect(compared[0]).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/);
  });

  it('should ask before each comparison with all earlier outcomes known, however many come at once', async () => {
    let wrong = 0;
    let compared = 0;
    const counting = createPasswords({
      slots: 1,
      verify: () => {
        compared += 1;
        return Promise.resolve(false);
      },
    });
    const answers = await Promise.all(
      Array.from({ length: 20 }, () =>
        counting.compare({
          password: 'guess',
          hash: '$known',
          before: () => Promise.resolve(wrong >= 3 ? ('enough' as const) : undefined),
          after: (right) => Promise.resolve(void (wrong += right ? 0 : 1)),
        }),
      ),
    );
    expect(compared).toBe(3);
    expect(answers.filter((answer) => answer === 'enough')).toHaveLength(17);
  });
});
