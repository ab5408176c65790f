import { testSealer } from '@ao/sealing/testing';
import { Secret, TOTP } from 'otpauth';
import { compareFactor, newRecoveryCodes, newTotpSecret, recoveryCodeIndex, totpStep, totpUrl } from './second-factor';

const NOW = Date.parse('2026-01-01T00:00:15.000Z');
const STEP = Math.floor(NOW / 30_000);
const codeAt = (secret: string, timestamp: number) =>
  new TOTP({ secret: Secret.fromBase32(secret), algorithm: 'SHA1', digits: 6, period: 30 }).generate({ timestamp });

describe('codes of an authenticator', () => {
  it('should be those of RFC 6238', () => {
    const secret = Secret.fromUTF8('12345678901234567890').base32;
    expect(totpStep(secret, '287082', 59_000)).toBe(1);
    expect(totpStep(secret, '081804', 1_111_111_109_000)).toBe(37_037_036);
  });

  it('should be taken one step before and after, and no further', () => {
    const secret = newTotpSecret();
    for (const delta of [-1, 0, 1])
      expect(totpStep(secret, codeAt(secret, NOW + delta * 30_000), NOW)).toBe(STEP + delta);
    for (const delta of [-2, 2]) expect(totpStep(secret, codeAt(secret, NOW + delta * 30_000), NOW)).toBeUndefined();
  });

  it('should be taken as people type them, and nothing else', () => {
    const secret = newTotpSecret();
    const code = codeAt(secret, NOW);
    expect(totpStep(secret, `${code.slice(0, 3)} ${code.slice(3)}`, NOW)).toBe(STEP);
    for (const text of ['', code.slice(1), `${code}0`, 'abcdef', '१२३४५६', '\u0000'.repeat(6)])
      expect(totpStep(secret, text, NOW)).toBeUndefined();
  });

  it('should come with a URL that apps understand', () => {
    const secret = newTotpSecret();
    const url = new URL(totpUrl(secret, 'agent-orchestration', 'ada@example.org'));
    expect([url.protocol, url.host, url.searchParams.get('secret')]).toEqual(['otpauth:', 'totp', secret]);
    expect(url.searchParams.get('issuer')).toBe('agent-orchestration');
  });
});

describe('recovery codes', () => {
  it('should be ten different ones, kept as digests only', () => {
    const { codes, digests } = newRecoveryCodes();
    expect(new Set(codes).size).toBe(10);
    for (const code of codes) {
      expect(code).toMatch(/^[0-9a-hjkmnp-tv-z]{5}-[0-9a-hjkmnp-tv-z]{5}$/);
      expect(digests).not.toContain(code);
    }
  });

  it('should be found as people type them, and nothing else', () => {
    const { codes, digests } = newRecoveryCodes();
    expect(recoveryCodeIndex(digests, codes[7]!)).toBe(7);
    expect(recoveryCodeIndex(digests, ` ${codes[0]!.replace('-', '').toUpperCase()}`)).toBe(0);
    for (const text of ['', '-', 'aaaaa-aaaaa', codes[0]!.slice(1)])
      expect(recoveryCodeIndex(digests, text)).toBeUndefined();
  });
});

describe('a second factor', () => {
  it('should be the code that was given, if it is the user’s', async () => {
    const sealer = testSealer();
    const subject = 'user-01900000-0000-7000-8000-000000000001';
    const secret = newTotpSecret();
    const { codes, digests } = newRecoveryCodes();
    const mfa = {
      status: 'on' as const,
      totp: await sealer.seal(subject, 'totp', secret),
      recovery_codes: await sealer.seal(subject, 'recovery_codes', digests),
      used_codes: [],
      last_step: 0,
    };
    const code = codeAt(secret, NOW);
    expect(await compareFactor(sealer, mfa, { totp_code: code }, NOW)).toEqual({
      kind: 'totp',
      totp: mfa.totp,
      step: STEP,
    });
    expect(await compareFactor(sealer, mfa, { recovery_code: codes[2] }, NOW)).toMatchObject({
      kind: 'recovery',
      index: 2,
    });
    expect(await compareFactor(sealer, mfa, { totp_code: codes[2], recovery_code: code }, NOW)).toBeUndefined();
    expect(await compareFactor(sealer, mfa, {}, NOW)).toBeUndefined();
    await sealer.destroy(subject);
    expect(await compareFactor(sealer, mfa, { totp_code: code }, NOW)).toBeUndefined();
  });
});
