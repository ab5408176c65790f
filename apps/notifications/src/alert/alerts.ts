import { createLockSession } from '@ao/event-log';
import type { NotificationsConfig } from '../notifications.config';
import type { Part, PartDependencies } from '../part';
import { alertSubscription } from './alert.subscription';
import { ALERT_LOOK, DEAD_LETTER_LOOK, lookAtDeadLetters, lookAtSubject } from './alert.timers';
import { sayAlerts } from './say-alert';
import { StatusWatcher } from './status.watcher';

/** System alerts: what is the matter with the installation itself, as events. */
export function createAlerts({ pool, bus, log, shell, clock, timers, logger, config }: PartDependencies): Part {
  const onError = (err: unknown) => logger.warn({ err }, 'a look at the services failed and is repeated');
  const say = sayAlerts({ shell, log });
  const locks = createLockSession({ pool, onError });
  const watcher = new StatusWatcher({ pool, bus, locks, say, onError, limits: limitsOf(config) });
  const deadLetters = { most: config.ALERT_DEAD_LETTERS, window_seconds: config.ALERT_DEAD_LETTER_SECONDS };
  const look = { pool, timers, clock, say };
  return {
    subscriptions: [alertSubscription({ timers, clock, deadLetterWindowSeconds: deadLetters.window_seconds })],
    timers: { [ALERT_LOOK]: lookAtSubject(look), [DEAD_LETTER_LOOK]: lookAtDeadLetters(look, deadLetters) },
    start: () => watcher.start(),
    async stop() {
      await watcher.stop();
      await locks.stop();
    },
  };
}

function limitsOf(config: NotificationsConfig) {
  return {
    unhealthy_seconds: config.ALERT_UNHEALTHY_SECONDS,
    gone_seconds: config.ALERT_GONE_SECONDS,
    lag_seconds: config.ALERT_LAG_SECONDS,
    lag_for_seconds: config.ALERT_LAG_FOR_SECONDS,
    caught_up_seconds: config.ALERT_CAUGHT_UP_SECONDS,
  };
}
