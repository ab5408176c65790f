import { TaskFactsReader } from '@ao/expressions';
import { forgetSecretWhenOwnerIsGone, SigningSecrets } from '@ao/vault';
import type { Part, PartDependencies } from '../part';
import { fireTriggersWhenDue } from './fire-triggers-when-due';
import { FIRE_TRIGGER, Firings, type FiringsOptions } from './firings';
import { HistoryBuffer } from './history-buffer';
import { Hooks } from './hooks';
import { triggerAggregate } from './trigger.decider';
import { TRIGGER_CONDITION, TRIGGER_CRON, triggerSubscription } from './trigger.subscription';
import { Triggers } from './triggers';

export interface TriggersPart extends Part {
  readonly triggers: Triggers;
  readonly hooks: Hooks;
}

/** What starts something by itself: at times, on events, on requests from outside, on the state of the fleet. */
export function createTriggers(dependencies: PartDependencies & Pick<FiringsOptions, 'startRun'>): TriggersPart {
  const { pool, log, shell, commands, clock, timers, logger, startRun } = dependencies;
  const secrets = new SigningSecrets(commands, {
    ...{ service: 'workflows', owner: 'trigger' },
    description: 'What the requests to a webhook trigger are signed with',
  });
  const { secretTimers, subscription, whenDue } = forgetSecretWhenOwnerIsGone({
    ...{ pool, shell, timers, clock, aggregate: triggerAggregate, secrets: secrets.secrets },
    goneIn: ({ type, data }) =>
      type === 'TriggerDeleted' && data.secret_id !== null
        ? { owner_id: data.trigger_id, secret_id: data.secret_id, at: data.at }
        : undefined,
  });
  const facts = new TaskFactsReader(log);
  const history = new HistoryBuffer(pool, logger);
  const firings = new Firings({ pool, shell, commands, startRun, clock, timers });
  const due = fireTriggersWhenDue({ pool, firings, clock, timers });
  return {
    triggers: new Triggers({ pool, shell, log, clock, secrets, secretTimers, firings, facts, history }),
    hooks: new Hooks({ pool, shell, clock, timers, secrets, firings, history }),
    subscriptions: [subscription, triggerSubscription({ firings, facts, timers, clock, logger })],
    timers: {
      ...whenDue,
      [FIRE_TRIGGER]: (timer) => firings.whenDue(timer),
      [TRIGGER_CRON]: due.cron,
      [TRIGGER_CONDITION]: due.condition,
    },
    stop: () => history.flush(),
  };
}
