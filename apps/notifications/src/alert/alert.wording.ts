import type { AlertKind } from '@ao/contracts';
import { assertNever } from '@ao/kernel';
import type { Verdict } from './alert.verdict';

const LONGEST = 1_000;

/** What people read: what is the matter with what, and what to do. Names and numbers only, no errors of others. Pure. */
export function wordingOf(verdict: Verdict): string {
  const text = verdict.verdict === 'raise' ? raised(verdict) : cleared(verdict);
  return text.length > LONGEST ? `${text.slice(0, LONGEST - 1)}…` : text;
}

function raised(verdict: Extract<Verdict, { verdict: 'raise' }>): string {
  const { kind, source, details: is, severity } = verdict;
  switch (kind) {
    case 'service_unhealthy':
      return (
        (severity === 'critical' ? `No process of ${source} serves` : `A process of ${source} does not serve`) +
        `${service(is)}. See its log lines and its /health/ready, and start it again if it does not come back.`
      );
    case 'subscription_lagging':
      return (
        `The subscription ${source} is ${is.lag_seconds} s behind the log. See whether Postgres keeps up and the ` +
        `process that owns it has what it needs; until it has caught up, what it shows or does is late.`
      );
    case 'events_parked':
      return (
        `The subscription ${source} could not handle an event and has parked ${count(is.parked_streams, 'stream')}. ` +
        `'npm run parked -- list' says why; 'npm run parked -- retry' goes on after the fix.`
      );
    case 'dead_letters_growing':
      return (
        `${count(is.count, 'task')} became dead letters within ${duration(is.window_seconds)}. ` +
        `See GET /api/v1/dead-letter for their failures, and retry them after the fix.`
      );
    case 'budget_threshold':
      return (
        `The budget of ${scope(is)} has reached ${is.percent} % of its limit in ${is.month}: ` +
        `${money(is.spent_micros)} of ${money(is.monthly_limit_micros)} ${is.currency}. Raise or reset it, or spend less.`
      );
    case 'certificate_expiring':
      return certificate(verdict);
    case 'secret_expiring':
      return severity === 'critical'
        ? `The secret '${is.name}' expired at ${is.expires_at}: what needs it fails. Rotate it, or give it a later expiry.`
        : `The secret '${is.name}' expires at ${is.expires_at}. Rotate it, or give it a later expiry.`;
    case 'webhook_failing':
      return (
        `Nothing has arrived at the webhook ${source} (${is.host}) since ${is.failing_since}. ` +
        `See its deliveries for the reason; if that goes on it will be disabled at ${is.disables_at}.`
      );
    case 'webhook_disabled':
      return (
        `The webhook ${source} (${is.host}) was disabled, because ` +
        `${is.disabled_by === 'gone' ? 'it answered 410 Gone' : 'nothing arrived there for too long'}. ` +
        'Delete it, or enable it again when it answers: what it has missed can be delivered then.'
      );
    case 'channel_failing':
      return (
        `What is sent to the ${is.type} channel '${is.name}' does not arrive since ${is.failing_since}. ` +
        'Test it, and see its deliveries for the reason.'
      );
    default:
      return assertNever(kind);
  }
}

function certificate({ source, severity, details: is }: Extract<Verdict, { verdict: 'raise' }>): string {
  const ends = severity === 'critical' && is.of === 'gateway' ? 'expired' : 'expires';
  switch (is.of) {
    case 'agent-ca':
      return (
        `The authority of the agents' certificates ends at ${is.expires_at} and has no successor. ` +
        'Make one: POST /api/v1/security/agent-ca/rotate.'
      );
    case 'gateway':
      return (
        `The certificate that gateways show their agents ${ends} at ${is.expires_at} and was not renewed. ` +
        'See the log lines of the gateways and whether the registry answers.'
      );
    default:
      return (
        `The certificate of the agent '${is.agent_name ?? source}' ends at ${is.expires_at} and was not renewed. ` +
        'See whether the agent beats; after that it has to enrol again.'
      );
  }
}

function cleared({ kind, source, details: is }: Extract<Verdict, { verdict: 'clear' }>): string {
  return OVER[kind](source, is);
}

const OVER: Readonly<Record<AlertKind, (source: string, is: Verdict['details']) => string>> = {
  service_unhealthy: (source) => `${source} serves again.`,
  subscription_lagging: (source) => `The subscription ${source} has caught up with the log.`,
  events_parked: (source) => `No stream of the subscription ${source} is parked any more.`,
  dead_letters_growing: () => 'Few tasks become dead letters again.',
  budget_threshold: (source, is) =>
    is.scope === undefined
      ? `The budget ${source} is below its thresholds, or is gone.`
      : `The budget of ${scope(is)} is below its thresholds.`,
  certificate_expiring: (source, is) =>
    source === 'agent-ca' || source === 'gateway'
      ? `The certificate of ${source} was renewed, or is not used any more.`
      : `The certificate of the agent '${is.agent_name ?? source}' was renewed or revoked.`,
  secret_expiring: (source, is) => `The secret ${is.name ? `'${is.name}'` : source} does not expire soon, or is gone.`,
  webhook_failing: (source) => `The webhook ${source} is not failing any more.`,
  webhook_disabled: (source) => `The webhook ${source} is enabled again, or is gone.`,
  channel_failing: (source, is) => `The channel ${is.name ? `'${is.name}'` : source} is not failing any more.`,
};

function service(is: Verdict['details']): string {
  const parts = [
    ...(is.silent ? [`${is.silent} silent for more than ${is.after_seconds} s`] : []),
    ...(is.not_ready ? [`${is.not_ready} not ready (${is.checks})`] : []),
    ...(is.serving ? [`${is.serving} serving`] : []),
  ];
  return parts.length === 0 ? '' : `: ${parts.join(', ')}`;
}

function scope(is: Verdict['details']): string {
  switch (is.scope) {
    case 'agent':
      return `the agent '${is.agent_name ?? is.agent_id}'`;
    case 'task_type':
      return `tasks of type '${is.task_type}'`;
    default:
      return 'the installation';
  }
}

const money = (micros: unknown) => (Number(micros) / 1_000_000).toFixed(2);
const count = (number: unknown, what: string) => `${String(number)} ${what}${number === 1 ? '' : 's'}`;

function duration(seconds: unknown): string {
  const whole = Number(seconds);
  return whole % 60 === 0 && whole > 0 ? count(whole / 60, 'minute') : count(whole, 'second');
}
