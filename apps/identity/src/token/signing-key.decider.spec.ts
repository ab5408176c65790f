import type { SigningKeyEvent } from '@ao/contracts';
import { deciderSpec, testCommand } from '@ao/kernel/testing';
import { signingKeyDecider } from './signing-key.decider';
import {
  evolveSigningKeys,
  keysToRetire,
  keyThatSigns,
  SIGNING_KEY_GRACE_MS,
  SIGNING_KEY_SETTLE_MS,
  signingKeyId,
  type SigningKeys,
} from './signing-key.rules';

const START = Date.parse('2026-01-01T00:00:00.000Z');
const key_id = signingKeyId(1);
const key = { key_id, public_key: 'x'.repeat(43), private_key: 'sealed' };
const created = (number = 1, afterMs = 0): SigningKeyEvent => ({
  type: 'SigningKeyCreated',
  data: { ...key, key_id: signingKeyId(number), created_at: new Date(START + afterMs).toISOString() },
});
const retired: SigningKeyEvent = { type: 'SigningKeyRetired', data: { key_id, at: '2026-01-01T00:00:00.000Z' } };
const { given } = deciderSpec(signingKeyDecider);

describe('a signing key', () => {
  it('should be created once, whichever replica comes first', () => {
    expect(given().when(testCommand('CreateSigningKey', key)).then(created())).toEqual({ key_id });
    const second = { ...key, public_key: 'y'.repeat(43) };
    expect(given(created()).when(testCommand('CreateSigningKey', second)).then()).toEqual({ key_id });
  });

  it('should be retired once, and never be made again', () => {
    given(created()).when(testCommand('RetireSigningKey', { key_id })).then(retired);
    given(created(), retired).when(testCommand('RetireSigningKey', { key_id })).then();
    given(created(), retired).when(testCommand('CreateSigningKey', key)).then();
  });

  it('rejects to retire one that there is not', () => {
    given()
      .when(testCommand('RetireSigningKey', { key_id }))
      .thenRejected({ rejection: 'not_found', code: 'signing_key_not_found' });
  });
});

describe('the keys of an installation', () => {
  const after = (...events: SigningKeyEvent[]) => events.reduce<SigningKeys>(evolveSigningKeys, []);

  it('should sign with the first at once, and with a successor when everybody has heard of it', () => {
    const two = after(created(1), created(2, 60_000));
    expect(keyThatSigns([], START)).toBeUndefined();
    expect(keyThatSigns(two.slice(0, 1), START)?.key_id).toBe(signingKeyId(1));
    expect(keyThatSigns(two, START + 60_000 + SIGNING_KEY_SETTLE_MS - 1)?.key_id).toBe(signingKeyId(1));
    expect(keyThatSigns(two, START + 60_000 + SIGNING_KEY_SETTLE_MS)?.key_id).toBe(signingKeyId(2));
  });

  it('should retire a key only when all that it signed has expired', () => {
    const two = after(created(1), created(2, 60_000));
    const due = START + 60_000 + SIGNING_KEY_GRACE_MS;
    expect(keysToRetire(two, due - 1)).toEqual([]);
    expect(keysToRetire(two, due).map((old) => old.key_id)).toEqual([key_id]);
    expect(keysToRetire(after(created(1)), due)).toEqual([]);
    expect(keysToRetire(after(created(1), created(2), retired), due)).toEqual([]);
  });

  it('should never sign with a retired key, and take the same event twice', () => {
    const keys = after(created(1), created(1), created(2, 1), retired, retired);
    expect(keys).toHaveLength(2);
    expect(keyThatSigns(keys, START + 1)?.key_id).toBe(signingKeyId(2));
  });
});
