import type { InstallationEvent } from '@ao/contracts';
import type { OwnedSubscription, RecordedEvent } from '@ao/event-log';
import { isoTime, type Clock } from '@ao/kernel';
import type { FiredTimer, Timers } from '@ao/timers';
import { installationAggregate } from './installation.decider';
import type { Installer } from './installer';

/** The kind of timer that goes on with one installation. */
export const CARRY_OUT_INSTALLATION = 'carry-out-installation';
/** Whoever ordered it carries it out at once; the timer is for what that one could not do, or did not live to do. */
const SAFETY_MS = 5_000;

const timerId = (installationId: string) => `${CARRY_OUT_INSTALLATION}-${installationId}`;

/** Keeps a timer per installation that has something to be made or taken away. */
export function installationSubscription(
  timers: Pick<Timers, 'schedule' | 'cancel' | 'nudge'>,
  clock: Clock,
): OwnedSubscription {
  return {
    name: 'installations',
    categories: [installationAggregate.category],
    async handle(events, transaction) {
      for (const { type, data } of events as readonly (RecordedEvent & InstallationEvent)[]) {
        const { installation_id } = data;
        switch (type) {
          case 'TemplateInstallationStarted':
          case 'TemplateInstallationGivenUp':
          case 'TemplateUninstallationStarted': {
            const due_at = isoTime(clock.now() + SAFETY_MS);
            await timers.schedule(transaction, [
              {
                timer_id: timerId(installation_id),
                due_at,
                kind: CARRY_OUT_INSTALLATION,
                payload: { installation_id },
              },
            ]);
            break;
          }
          case 'TemplateInstalled':
          case 'TemplateInstallationFailed':
          case 'TemplateUninstalled':
            await timers.cancel(transaction, [timerId(installation_id)]);
            break;
          default:
        }
      }
    },
    committed: () => timers.nudge(),
  };
}

/** @throws when it cannot be done now, for the timer to come again */
export function carryOutInstallationWhenDue(installer: Pick<Installer, 'carryOut'>) {
  return async ({ payload }: Pick<FiredTimer, 'payload'>): Promise<void> => {
    await installer.carryOut((payload as { installation_id: string }).installation_id);
  };
}
