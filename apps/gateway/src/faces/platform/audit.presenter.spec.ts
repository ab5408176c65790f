import type { AuditRow } from '../../projections/audit/audit.queries';
import { actorOf, addressOf, presentEntry, sealedOfEntry, withoutSealed } from './audit.presenter';

const SEALED = `s1.user-01890a5d-ac96-774b-bcce-b302099a8057.${'A'.repeat(60)}`;
const USER = '01890a5d-ac96-774b-bcce-b302099a8057';

const row = (more: Partial<AuditRow> = {}): AuditRow => ({
  ...{ position: 7, stream_id: `user-${USER}`, category: 'user', type: 'UserDisabled' },
  metadata: {
    ...{ actor: { type: 'user', id: USER }, correlation_id: 'c', causation_id: 'c', command_id: 'i' },
    address: SEALED,
  },
  recorded_at: new Date(Date.UTC(2026, 0, 1)),
  data: { user_id: USER, at: 'now' },
  ...more,
});

describe('an entry of the audit', () => {
  it('should tell who, what, on what and from where', () => {
    expect(sealedOfEntry(row())).toEqual([{ sealed: SEALED, context: 'address' }]);
    expect(presentEntry(row(), new Map(), () => '192.0.2.1')).toEqual({
      ...{ position: 7, time: '2026-01-01T00:00:00.000Z', action: 'UserDisabled', result: 'ok', correlation_id: 'c' },
      actor: { type: 'user', id: USER, name: null, email: null },
      object: { type: 'user', id: USER },
      ...{ address: '192.0.2.1', details: { user_id: USER, at: 'now' } },
    });
  });

  it('should tell of a refusal whose attempt it was, not who wrote it down', () => {
    const refusal = (data: object) =>
      row({ category: 'refusal', type: 'AccessRefused', stream_id: `refusal-${USER}`, data: { ...data } });
    const denied = refusal({ principal: { type: 'api_key', id: 'k' }, user_id: null, address: SEALED });
    expect(actorOf(denied)).toEqual({ type: 'api_key', id: 'k' });
    expect(addressOf(denied)).toBe(SEALED);
    expect(presentEntry(denied, new Map(), () => 'x').result).toBe('refused');
    expect(actorOf(refusal({ principal: null, user_id: USER, address: null }))).toEqual({ type: 'user', id: USER });
    expect(actorOf(refusal({ principal: null, user_id: null, address: null })).type).toBe('anonymous');
    expect(addressOf(refusal({ address: null }))).toBeUndefined();
  });

  it('should hold nothing that is sealed or hashed, at any depth', () => {
    const data = { a: SEALED, email_index: 'x', b: { c: SEALED, d: [SEALED, 1, { e: SEALED }] }, f: 's1.no' };
    expect(withoutSealed(data)).toEqual({ b: { d: [1, {}] }, f: 's1.no' });
    expect(withoutSealed({ secret_hash: 'x', name: 'n' })).toEqual({ name: 'n' });
    expect(presentEntry(row({ data: null }), new Map(), () => 'x').details).toBeNull();
  });
});
