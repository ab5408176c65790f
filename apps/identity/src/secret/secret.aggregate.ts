import { secretEvents, schemaVersionsOf, type SecretEvent } from '@ao/contracts';
import type { Aggregate } from '@ao/event-log';
import { secretDecider, type SecretCommand } from './secret.decider';
import type { SecretState } from './secret.state';

/** Stream `secret-<uuid>`. */
export const secretAggregate: Aggregate<SecretState, SecretCommand, SecretEvent> = {
  category: 'secret',
  decider: secretDecider,
  schemaVersions: schemaVersionsOf(secretEvents),
};
