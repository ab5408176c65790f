import type { Outbound } from '@ao/outbound';
import type { AttemptResult, Message } from '../delivery/delivery.types';
import type { Configurations } from './channel.configuration';
import { isAnswer, isRefusal, postJson, refusedBy } from './http.transport';
import { secretsOf } from './redact';

/** Slack's own limits for a heading and for a section. */
const HEADING = 150;
const SECTION = 3_000;
const COLOURS: Readonly<Record<string, string>> = { warning: ':warning: ', critical: ':rotating_light: ' };

/** As Slack's incoming webhooks take it. `&`, `<` and `>` are escaped, so that a text notifies nobody and hides no link. */
export function slackMessage(
  { severity, subject, body }: Message,
  config: Pick<Configurations['slack'], 'channel' | 'username'>,
) {
  const title = `${COLOURS[severity] ?? ''}${subject}`.replace(/\s+/g, ' ');
  const { channel, username } = config;
  return {
    ...(channel !== undefined && { channel }),
    ...(username !== undefined && { username }),
    // What phones show, and readers that know no blocks.
    text: escapeMrkdwn(title),
    blocks: [
      { type: 'header', text: { type: 'plain_text', text: cut(title, HEADING), emoji: true } },
      ...sections(escapeMrkdwn(body)).map((text) => ({ type: 'section', text: { type: 'mrkdwn', text } })),
    ],
  };
}

/** Slack answers 200 and `ok`; whatever else says 200 is somebody else. */
export async function sendToSlack(
  outbound: Pick<Outbound, 'post'>,
  config: Configurations['slack'],
  message: Message,
  signal: AbortSignal,
): Promise<AttemptResult> {
  const secrets = secretsOf(config.webhook_url);
  const post = { url: config.webhook_url, body: JSON.stringify(slackMessage(message, config)), secrets };
  const answer = await postJson(outbound, post, signal);
  if (!isAnswer(answer)) return answer;
  const { status, response } = answer;
  if (status === 200 && response.trim() === 'ok') return { delivered: true, status_code: status, response };
  const word = /^[a-z_]{3,60}$/.exec(response.trim())?.[0];
  const detail = word === undefined ? `Slack answers ${status}, and not ok` : `Slack answers ${status}: ${word}`;
  return refusedBy(answer, { detail, isFinal: isRefusal });
}

const escapeMrkdwn = (text: string) => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');

/** Without half a character at the end, nor half an escape. */
function cut(text: string, most: number): string {
  if (text.length <= most) return text;
  return `${text.slice(0, most - 1).replace(/[\ud800-\udbff]$|&[a-z]{0,3}$/, '')}…`;
}

/** The text in pieces that a section holds, at the ends of lines where there are some. */
function sections(text: string): string[] {
  const pieces: string[] = [];
  let left = text.trim();
  while (left.length > SECTION) {
    const line = left.lastIndexOf('\n', SECTION);
    const piece =
      line > SECTION / 2 ? left.slice(0, line) : left.slice(0, SECTION).replace(/[\ud800-\udbff]$|&[a-z]{0,3}$/, '');
    pieces.push(piece);
    left = left.slice(piece.length).replace(/^\n/, '');
  }
  return left === '' ? pieces : [...pieces, left];
}
