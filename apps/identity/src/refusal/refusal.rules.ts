import type { RefusalKind } from '@ao/contracts';
import { isId } from '@ao/kernel';

/** An attempt that was refused. What is not known is left out. */
export interface Refusal {
  readonly kind: RefusalKind;
  /** Stable word, as in the answer's `code`. */
  readonly code: string;
  /** `POST /api/v1/secrets` with placeholders, never the path as it came. */
  readonly route?: string | null;
  readonly permission?: string | null;
  readonly principal?: { readonly type: string; readonly id: string } | null;
  /** Only of a user there is: the address is sealed under this user's key. */
  readonly user_id?: string | null;
  readonly email_index?: string | null;
  /** In clear: sealed before it is kept. */
  readonly address?: string | null;
  /** Default 1. */
  readonly count?: number;
  /** Unix milliseconds; default: now. */
  readonly first_at?: number;
  readonly last_at?: number;
}

/** Equal attempts, counted together; in words that may stand in an event. */
export interface CountedRefusal {
  readonly kind: RefusalKind;
  readonly code: string;
  readonly route: string | null;
  readonly permission: string | null;
  readonly principal: { readonly type: string; readonly id: string } | null;
  readonly user_id: string | null;
  readonly email_index: string | null;
  readonly address: string | null;
  readonly count: number;
  readonly first_at: number;
  readonly last_at: number;
}

/** What could forge a line of a log, or turn its text around: control and format characters, line and paragraph ends. */
const UNPRINTABLE = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu;

/** A stranger's text, fit to stand in a log. */
export function printable(text: string, max: number): string {
  return text.toWellFormed().replace(UNPRINTABLE, '').slice(0, max).toWellFormed();
}

export function countedOf(refusal: Refusal, now: number): CountedRefusal {
  const { kind, code, route, permission, principal, email_index, address } = refusal;
  const cut = (text: string | null | undefined, max: number) => (text == null ? null : printable(text, max));
  const who = principal ? { type: printable(principal.type, 32), id: printable(principal.id, 64) } : null;
  const user = refusal.user_id ?? (who?.type === 'user' ? who.id : null);
  const first_at = refusal.first_at ?? now;
  return {
    kind,
    code: printable(code, 64),
    route: cut(route, 200),
    permission: cut(permission, 64),
    principal: who,
    user_id: user !== null && isId(user) ? user : null,
    email_index: email_index && /^[0-9a-f]{64}$/.test(email_index) ? email_index : null,
    address: cut(address, 64),
    count: Math.max(1, Math.trunc(refusal.count ?? 1)),
    first_at,
    last_at: Math.max(first_at, refusal.last_at ?? first_at),
  };
}

/** The same attempt by the same from the same place. */
export function sameAttempt({ count: _count, first_at: _first, last_at: _last, ...what }: CountedRefusal): string {
  return JSON.stringify(what);
}

export function together(left: CountedRefusal, right: CountedRefusal): CountedRefusal {
  return {
    ...left,
    count: left.count + right.count,
    first_at: Math.min(left.first_at, right.first_at),
    last_at: Math.max(left.last_at, right.last_at),
  };
}
