import type { OwnedSubscription } from '@ao/event-log';
import { destroyDataKey } from './data-keys';
import { erasedBy } from './erased-by';

/**
 * Destroys the key of every user that was erased and every secret that was deleted. Whoever appends the event destroys the
 * key as well, at once; this makes sure of it when that process died between the two.
 */
export const destroyKeyWhenErased: OwnedSubscription = {
  name: 'destroy-key-when-erased',
  categories: ['user', 'secret'],
  async handle(events, transaction) {
    for (const event of events) {
      const subject = erasedBy(event);
      if (subject !== undefined) await destroyDataKey(transaction, subject);
    }
  },
};
