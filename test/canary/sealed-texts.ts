import type { SealContext } from '@ao/contracts';
import type { Pool } from 'pg';

export interface SealedText {
  readonly sealed: string;
  readonly context: SealContext;
}

/** What a sealed text is, by the name of its field. */
const CONTEXTS: Readonly<Record<string, SealContext>> = {
  email: 'email',
  full_name: 'full_name',
  password: 'password',
  totp: 'totp',
  recovery_codes: 'recovery_codes',
  seed: 'session',
  address: 'address',
  user_agent: 'user_agent',
  value: 'secret',
};

/** Everything in the log that this subject's key opens, in data and metadata. */
export async function sealedTextsOf(admin: Pool, subject: string): Promise<SealedText[]> {
  const { rows } = await admin.query<{ data: unknown; metadata: unknown }>(
    'select data, metadata from event_log.events where position(format($$"s1.%s.$$, $1::text) in data::text || metadata::text) > 0',
    [subject],
  );
  const found = new Map<string, SealedText>();
  const look = (value: unknown, field: string): void => {
    if (typeof value === 'string') {
      if (!value.startsWith(`s1.${subject}.`)) return;
      const context = CONTEXTS[field];
      if (!context) throw new Error(`'${field}' holds a sealed text, and this test does not know of which kind`);
      found.set(value, { sealed: value, context });
    } else if (typeof value === 'object' && value !== null) {
      for (const [key, inner] of Object.entries(value)) look(inner, Array.isArray(value) ? field : key);
    }
  };
  for (const { data, metadata } of rows) look([data, metadata], '');
  return [...found.values()];
}
