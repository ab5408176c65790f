import type { Outbound } from '@ao/outbound';
import { z } from 'zod';
import type { AttemptResult, Message } from '../delivery/delivery.types';
import { TELEGRAM_API, type Configurations } from './channel.configuration';
import { isAnswer, isRefusal, postJson, refusedBy } from './http.transport';
import { secretsOf } from './redact';

/** Telegram's own limit for a text, in UTF-16 units as JavaScript counts. */
const MOST = 4_096;
const MARKS: Readonly<Record<string, string>> = { warning: '⚠️ ', critical: '🚨 ' };

const Answer = z.object({
  ok: z.boolean(),
  description: z.string().optional(),
  parameters: z.object({ retry_after: z.number().min(0).max(86_400).optional() }).optional(),
});

/** As `sendMessage` takes it: the heading bold by its place, so that nothing in a text is read as markup. */
export function telegramMessage(
  { severity, subject, body }: Message,
  { chat_id }: Pick<Configurations['telegram'], 'chat_id'>,
) {
  const title = `${MARKS[severity] ?? ''}${subject}`.trim();
  const whole = body.trim() === '' ? title : `${title}\n\n${body.trim()}`;
  const text = whole.length <= MOST ? whole : `${whole.slice(0, MOST - 1).replace(/[\ud800-\udbff]$/, '')}…`;
  return {
    ...{ chat_id, text },
    entities: [{ type: 'bold', offset: 0, length: Math.min(title.length, text.length) }],
    link_preview_options: { is_disabled: true },
  };
}

/** By the Bot API. Its answers quote the chat and the text, so of a success nothing is kept. */
export async function sendToTelegram(
  outbound: Pick<Outbound, 'post'>,
  config: Configurations['telegram'],
  message: Message,
  signal: AbortSignal,
): Promise<AttemptResult> {
  const { bot_token, api_url = TELEGRAM_API, chat_id } = config;
  const url = `${api_url.replace(/\/+$/, '')}/bot${bot_token}/sendMessage`;
  const secrets = [...secretsOf(url), bot_token, bot_token.slice(bot_token.indexOf(':') + 1), chat_id];
  const answer = await postJson(
    outbound,
    { url, body: JSON.stringify(telegramMessage(message, config)), secrets },
    signal,
  );
  if (!isAnswer(answer)) return answer;
  const { status } = answer;
  const said = read(answer.response);
  if (status === 200 && said?.ok) return { delivered: true, status_code: status };
  // Of what is no answer of Telegram's, the status says enough.
  const retryAfterMs =
    said?.parameters?.retry_after === undefined ? answer.retryAfterMs : said.parameters.retry_after * 1_000;
  const detail =
    said?.description === undefined
      ? `Telegram answers ${status}`
      : `Telegram answers ${status}: ${said.description.slice(0, 300)}`;
  return refusedBy({ ...answer, retryAfterMs }, { detail, isFinal: isRefusal });
}

/** A success may be longer than what is kept of it. */
function read(response: string): z.infer<typeof Answer> | undefined {
  if (/^\s*\{\s*"ok"\s*:\s*true\b/.test(response)) return { ok: true };
  try {
    return Answer.safeParse(JSON.parse(response)).data;
  } catch {
    return undefined;
  }
}
