import { redacted, secretsOf } from './redact';

describe('what others said', () => {
  it('should lose secrets however they are written, and keep the rest', () => {
    const secret = 'p"a ss/wörd+1';
    const forms = [secret, encodeURIComponent(secret), JSON.stringify(secret), Buffer.from(secret).toString('base64')];
    for (const form of forms) {
      const left = redacted(`before ${form} after`, [secret]);
      expect(left).toMatch(/^before .*\*\*\*.* after$/);
      expect(left).not.toContain('ss');
    }
  });

  it('should lose every mail address', () => {
    expect(redacted('550 5.1.1 <ada@example.org>: unknown; see bob.b+x@mail', [])).toBe(
      '550 5.1.1 <***>: unknown; see ***',
    );
  });

  it('should find what is secret in URLs, in clear and as it is written there', () => {
    const found = secretsOf({
      url: 'https://us%40r:p%40ss@example.org/hooks/T0ken-T0ken?key=k%20ey',
      headers: { a: 'value' },
    });
    expect(found).toEqual(
      expect.arrayContaining(['us@r', 'p@ss', 'T0ken-T0ken', 'k ey', 'value', '/hooks/T0ken-T0ken']),
    );
    expect(found).not.toContain('hooks');
  });

  it('should leave words alone that are too short to be secrets', () => {
    expect(redacted('an answer', ['a', 'an', ''])).toBe('an answer');
  });
});
