import { userEvents, schemaVersionsOf, type UserEvent } from '@ao/contracts';
import type { Aggregate } from '@ao/event-log';
import type { UserCommand } from './user.commands';
import { userDecider } from './user.decider';
import type { UserState } from './user.state';

/** Stream `user-<uuid>`. */
export const userAggregate: Aggregate<UserState, UserCommand, UserEvent> = {
  category: 'user',
  decider: userDecider,
  schemaVersions: schemaVersionsOf(userEvents),
};
