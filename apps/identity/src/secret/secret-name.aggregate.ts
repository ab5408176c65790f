import { secretNameEvents, schemaVersionsOf, type SecretNameEvent } from '@ao/contracts';
import type { Aggregate, StreamAppend } from '@ao/event-log';
import { accept, derivedId, streamId, type Command, type Decider } from '@ao/kernel';

/** Who holds a name; released when the secret is deleted or gets another. */
export type SecretNameState = { readonly status: 'free' } | { readonly status: 'reserved'; readonly secret_id: string };

/** Derived, so that every replica meets the others on the same stream. */
export const secretNameId = (name: string) => derivedId('secret-name', name);

/** Has no commands of its own: written in the unit that creates, renames or deletes the secret. */
const secretNameDecider: Decider<SecretNameState, Command, SecretNameEvent> = {
  initialState: () => ({ status: 'free' }),
  evolve: (_state, event) =>
    event.type === 'SecretNameReserved' ? { status: 'reserved', secret_id: event.data.secret_id } : { status: 'free' },
  decide: () => accept([]),
};

/** Stream `secretname-<derived from the name>`. */
export const secretNameAggregate: Aggregate<SecretNameState, Command, SecretNameEvent> = {
  category: 'secretname',
  decider: secretNameDecider,
  schemaVersions: schemaVersionsOf(secretNameEvents),
};

/** The part of a unit that makes the name this secret's, or nobody's, if the stream is as it was seen. */
export function secretNameAppend(
  type: SecretNameEvent['type'],
  data: { readonly name: string; readonly secret_id: string },
  expected_version: number,
): StreamAppend {
  const { category, schemaVersion } = secretNameEvents[type];
  return {
    stream_id: streamId(category, secretNameId(data.name)),
    expected_version,
    events: [{ type, schema_version: schemaVersion, data }],
  };
}
