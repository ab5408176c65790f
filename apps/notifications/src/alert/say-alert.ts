import type { AlertDocument } from '@ao/contracts';
import type { CommandShell, EventReader } from '@ao/event-log';
import { systemMetadata, isRejection, streamId } from '@ao/kernel';
import { alertAggregate, alertId } from './alert.decider';
import type { Verdict } from './alert.verdict';
import { wordingOf } from './alert.wording';

export interface SayAlertOptions {
  readonly shell: Pick<CommandShell, 'run'>;
  readonly log: Pick<EventReader, 'readStream'>;
}

/**
 * Raises or clears the alert that a verdict is about. What is said already is not said again, so a repetition does no harm.
 * @throws when it cannot be told whether it was said
 */
export function sayAlerts({ shell, log }: SayAlertOptions): (verdict: Verdict) => Promise<void> {
  /** Agents are known by their names, which never change. */
  async function named(verdict: Verdict): Promise<Verdict> {
    const { agent_id } = verdict.details;
    if (typeof agent_id !== 'string') return verdict;
    const [first] = await log.readStream(streamId('agent', agent_id), { limit: 1 });
    const agent_name = (first?.data as { name?: unknown } | undefined)?.name;
    return typeof agent_name === 'string' ? { ...verdict, details: { ...verdict.details, agent_name } } : verdict;
  }

  return async (found) => {
    const verdict = await named(found);
    const { kind, source } = verdict;
    const id = alertId(kind, source);
    const metadata = systemMetadata('alerts');
    const message = wordingOf(verdict);
    const outcome =
      verdict.verdict === 'clear'
        ? await shell.run(alertAggregate, id, { type: 'ClearAlert', data: { kind, source, message }, metadata })
        : await shell.run(alertAggregate, id, { type: 'RaiseAlert', data: raising(verdict, message), metadata });
    if (isRejection(outcome)) throw new Error(outcome.message);
  };
}

function raising(verdict: Extract<Verdict, { verdict: 'raise' }>, message: string) {
  const { kind, source, severity } = verdict;
  const details: AlertDocument['details'] = verdict.details;
  return { kind, source, severity, message, details };
}
