import { SEVERITIES, type Severity } from '@ao/contracts';
import type { Message } from '../delivery/delivery.types';
import { clipped } from './clipped';

/** Something that waits to be mailed. */
export interface WaitingMail {
  readonly notification_id: string;
  readonly severity: Severity;
  readonly event: string | null;
  readonly position: number | null;
  readonly subject: string;
  readonly body: string;
  /** ISO 8601 UTC. */
  readonly created_at: string;
}

/** More are counted, not listed: their person finds them under the notifications. */
export const MOST_LISTED = 200;
const EXCERPT = 300;

/** One mail for all of them, oldest first. Pure. */
export function digestOf(mails: readonly WaitingMail[]): Message {
  const [only] = mails;
  if (mails.length === 1 && only) {
    const { severity, subject, body } = only;
    return { severity, subject, body };
  }
  const severity = SEVERITIES.findLast((each) => mails.some((mail) => mail.severity === each)) ?? 'info';
  const listed = mails.slice(0, MOST_LISTED).map(entryOf);
  const more = mails.length - listed.length;
  if (more > 0) listed.push(`… and ${more} more, among your notifications.`);
  return { severity, subject: `${mails.length} notifications`, body: listed.join('\n\n') };
}

function entryOf({ severity, subject, body, created_at }: WaitingMail): string {
  const head = `${created_at.slice(0, 16).replace('T', ' ')} UTC, ${severity}: ${subject}`;
  // A rule may begin its body with its subject.
  const rest = clipped(body.startsWith(subject) ? body.slice(subject.length).trim() : body.trim(), EXCERPT);
  return rest === '' ? head : `${head}\n${rest.replaceAll(/^/gm, '  ')}`;
}
