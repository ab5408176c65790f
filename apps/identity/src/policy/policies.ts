import {
  DEFAULT_POLICIES,
  type Policies as PolicyValues,
  type ResultOf,
  type SettingValues,
  type showPolicies,
} from '@ao/contracts';
import type { CommandShell } from '@ao/event-log';
import type { IdentityConfig } from '../identity.config';
import { POLICY_ID, policyAggregate } from './policy.decider';
import { SETTINGS_ID, settingsAggregate } from './settings.decider';

export type CurrentPolicies = PolicyValues & { readonly settings: SettingValues };

/** What governs logins, sessions and credentials. */
export interface Policies {
  /** As the log has them now: whatever changed before the call is in the answer. */
  current(): Promise<CurrentPolicies>;
  /** The same, with when each part changed last. */
  shown(): Promise<ResultOf<typeof showPolicies>>;
}

/** What holds until somebody says otherwise. */
export function defaultPolicies(
  config: Pick<IdentityConfig, 'REGISTRATION_OPEN'> & { readonly NODE_ENV: string },
): PolicyValues {
  const registration_open = config.REGISTRATION_OPEN ?? config.NODE_ENV !== 'production';
  return { ...DEFAULT_POLICIES, security: { ...DEFAULT_POLICIES.security, registration_open } };
}

export function createPolicies(shell: CommandShell, aggregate: ReturnType<typeof policyAggregate>): Policies {
  const read = shared(async () => {
    const [policy, settings] = await Promise.all([
      shell.state(aggregate, POLICY_ID, { fresh: true }),
      shell.state(settingsAggregate, SETTINGS_ID, { fresh: true }),
    ]);
    return { policy: policy.state, settings: settings.state };
  });
  return {
    async current() {
      const { policy, settings } = await read();
      return { ...policy.policies, settings: settings.values };
    },
    async shown() {
      const { policy, settings } = await read();
      return {
        ...policy.policies,
        settings: { ...settings.values },
        changed_at: { ...policy.changed_at, settings: settings.changed_at },
      };
    },
  };
}

/**
 * Callers at the same time share a read that began after each of them asked, so that two hundred logins cost two reads and
 * none of them gets what was old when it asked.
 */
export function shared<T>(read: () => Promise<T>): () => Promise<T> {
  let running: Promise<T> | undefined;
  let next: Promise<T> | undefined;
  const begin = () => {
    const mine = read().finally(() => {
      if (running === mine) running = undefined;
    });
    running = mine;
    return mine;
  };
  const over = () => undefined;
  return () => {
    if (!running) return begin();
    next ??= running.then(over, over).then(() => {
      next = undefined;
      return begin();
    });
    return next;
  };
}
