import { Sealed, type UserDocument } from '@ao/contracts';
import { idOf, type Actor } from '@ao/kernel';
import { isRefused, type AuditRow } from '../../projections/audit/audit.queries';
import type { AuditEntry } from './audit.schemas';
import type { OpenText, SealedItem } from './sealed-texts';

/** Hashes tell a reader nothing and an attacker a little. */
const HIDDEN_FIELDS = new Set(['secret_hash', 'email_index']);

/** Who acted. A refusal is written down by a service: its actor is whose attempt it was. */
export function actorOf({ category, data, metadata }: AuditRow): { readonly type: string; readonly id: string } {
  if (category !== 'refusal' || data === null) return metadata.actor;
  const { principal, user_id } = data as { principal?: Actor | null; user_id?: string | null };
  if (principal) return { type: principal.type, id: principal.id };
  return user_id ? { type: 'user', id: user_id } : { type: 'anonymous', id: 'anonymous' };
}

/** Where the actor called from, sealed. */
export function addressOf({ category, data, metadata }: AuditRow): string | undefined {
  const address = category === 'refusal' ? (data as { address?: unknown } | null)?.address : metadata.address;
  return typeof address === 'string' && Sealed.safeParse(address).success ? address : undefined;
}

/** What `presentEntry` will want to have opened. */
export function sealedOfEntry(row: AuditRow): SealedItem[] {
  const address = addressOf(row);
  return address === undefined ? [] : [{ sealed: address, context: 'address' }];
}

export function presentEntry(row: AuditRow, users: ReadonlyMap<string, UserDocument>, open: OpenText): AuditEntry {
  const { type, id } = actorOf(row);
  const user = type === 'user' ? users.get(id) : undefined;
  const address = addressOf(row);
  return {
    position: Number(row.position),
    time: row.recorded_at.toISOString(),
    actor: {
      ...{ type, id },
      name: user ? open(user.full_name, 'full_name') : null,
      email: user ? open(user.email, 'email') : null,
    },
    action: row.type,
    object: { type: row.category, id: idOf(row.stream_id) },
    result: isRefused(row.type) ? 'refused' : 'ok',
    address: address === undefined ? null : open(address, 'address'),
    correlation_id: row.metadata.correlation_id,
    details: row.data === null ? null : (withoutSealed(row.data) as Record<string, unknown>),
  };
}

/** The value without anything sealed or hashed in it, at any depth. */
export function withoutSealed(value: unknown): unknown {
  if (Array.isArray(value)) return value.filter((item) => !isSealed(item)).map(withoutSealed);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([key, field]) => !HIDDEN_FIELDS.has(key) && !isSealed(field))
      .map(([key, field]) => [key, withoutSealed(field)]),
  );
}

/** By its beginning: most texts are none, and the whole pattern is dear. */
function isSealed(value: unknown): boolean {
  return typeof value === 'string' && value.startsWith('s1.') && Sealed.safeParse(value).success;
}
