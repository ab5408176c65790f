import { SigningSecret, type ChannelType } from '@ao/contracts';
import { reject, type Rejection } from '@ao/kernel';
import { whyNotCallable, type CallRules } from '@ao/outbound';
import { z } from 'zod';
import { parseSmtpUrl, whyNotSmtpHost } from './smtp-url';

export const TELEGRAM_API = 'https://api.telegram.org';

/** One line of text for people. */
const line = (max: number, min = 1) =>
  z
    .string()
    .min(min)
    .max(max)
    .refine((text) => text === text.replace(/\p{Cc}/gu, ''), 'must be one line of text');

// HTML's rule: a host without a dot is one, as within an installation.
const Address = z.email({ pattern: z.regexes.html5Email, error: 'must be a mail address' }).max(254);

/** Names that the transport sets itself, and those of one connection (RFC 9110, section 7.6.1). */
const OWN_HEADERS: ReadonlySet<string> = new Set([
  ...['connection', 'keep-alive', 'proxy-authenticate', 'proxy-authorization', 'proxy-connection', 'te', 'trailer'],
  ...['transfer-encoding', 'upgrade', 'host', 'content-length', 'content-type', 'content-encoding', 'expect'],
]);
const HeaderName = z
  .string()
  .regex(/^[A-Za-z0-9!#$%&'*+.^_`|~-]{1,64}$/, "must be a header's name")
  .refine((name) => {
    const lower = name.toLowerCase();
    return !OWN_HEADERS.has(lower) && !lower.startsWith('webhook-');
  }, 'must be none of the headers that are set anyway');

const SCHEMAS = {
  email: z.strictObject({
    to: z.array(Address).min(1).max(50),
    from: Address.optional(),
    /** In place of the installation's own mail server. */
    smtp_url: z
      .string()
      .max(2_048)
      .refine((url) => parseSmtpUrl(url) !== undefined, 'must be smtp://user:password@host:port or smtps://…')
      .optional(),
    subject_prefix: line(100).optional(),
  }),
  slack: z.strictObject({
    webhook_url: z.string().max(2_048),
    channel: line(80).optional(),
    username: line(80).optional(),
  }),
  telegram: z.strictObject({
    bot_token: z.string().regex(/^\d{3,20}:[A-Za-z0-9_-]{20,100}$/, 'must be the token that BotFather gave'),
    chat_id: z
      .union([z.int(), z.string().regex(/^(-?\d{1,20}|@[A-Za-z][A-Za-z0-9_]{3,63})$/)], {
        error: "must be a chat's number, or @ and the name of a public one",
      })
      .transform(String),
    /** A Bot API server of one's own. */
    api_url: z.string().max(2_048).optional(),
  }),
  webhook: z.strictObject({
    url: z.string().max(2_048),
    headers: z
      .record(HeaderName, z.string().regex(/^[\x20-\x7e]{0,2000}$/, 'must be ASCII text'))
      .refine((headers) => Object.keys(headers).length <= 20, 'must not have more than 20 headers')
      .optional(),
    /** What it is signed with, by Standard Webhooks. */
    secret: SigningSecret.optional(),
  }),
} as const satisfies Record<ChannelType, z.ZodType>;

export type Configurations = { readonly [Type in ChannelType]: z.infer<(typeof SCHEMAS)[Type]> };
/** What a channel needs in order to send, by its type. */
export type Configuration = { [Type in ChannelType]: { type: Type; config: Configurations[Type] } }[ChannelType];

export interface ConfigurationRules extends CallRules {
  /** The installation has a mail server. */
  readonly hasMailServer: boolean;
}

/**
 * A configuration that is complete, and leads nowhere it may not; or the rejection that names the wrong field. No value stands
 * in its message.
 */
export function readConfiguration(
  type: ChannelType,
  given: Readonly<Record<string, unknown>>,
  rules: ConfigurationRules,
): Configuration | Rejection {
  const parsed = SCHEMAS[type].safeParse(given);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    // The name of an unknown field stands in the issue, not in its path.
    const path = [...issue!.path, ...(issue!.code === 'unrecognized_keys' ? issue!.keys.slice(0, 1) : [])];
    return wrong(path.map(String), messageOf(issue!));
  }
  const configuration = { type, config: parsed.data } as Configuration;
  return whyNotUsable(configuration, rules) ?? configuration;
}

function messageOf(issue: z.core.$ZodIssue): string {
  if (issue.code === 'unrecognized_keys') return 'is no field of this type';
  // Of a header's name: what is wrong with it stands inside.
  return (issue.code === 'invalid_key' && issue.issues[0]?.message) || issue.message;
}

function whyNotUsable({ type, config }: Configuration, rules: ConfigurationRules): Rejection | undefined {
  if (type === 'email') {
    if (config.smtp_url === undefined)
      return rules.hasMailServer ? undefined : wrong(['smtp_url'], 'is needed: the installation has no SMTP_URL');
    const why = whyNotSmtpHost(config.smtp_url, rules);
    return why === undefined ? undefined : wrong(['smtp_url'], why);
  }
  const [field, url] = urlOf({ type, config } as Exclude<Configuration, { type: 'email' }>);
  const why = whyNotCallable(url, rules) ?? whyNotBase(type, url);
  return why === undefined ? undefined : wrong([field], why);
}

function urlOf({ type, config }: Exclude<Configuration, { type: 'email' }>): readonly [field: string, url: string] {
  if (type === 'slack') return ['webhook_url', config.webhook_url];
  return type === 'telegram' ? ['api_url', config.api_url ?? TELEGRAM_API] : ['url', config.url];
}

function whyNotBase(type: ChannelType, url: string): string | undefined {
  const { hash, search } = new URL(url);
  if (hash !== '') return 'must not have a fragment';
  return type === 'telegram' && search !== '' ? 'must not have a query' : undefined;
}

function wrong(path: readonly string[], message: string): Rejection {
  const pointer = ['', 'config', ...path.map((key) => key.replaceAll('~', '~0').replaceAll('/', '~1'))].join('/');
  return reject('invalid', 'channel_config_invalid', message, pointer);
}

/** The fields given over those there were; null takes one away. */
export function mergedConfiguration(
  before: Readonly<Record<string, unknown>>,
  changes: Readonly<Record<string, unknown>>,
): Record<string, unknown> {
  return Object.fromEntries(Object.entries({ ...before, ...changes }).filter(([, value]) => value !== null));
}

/** The names of the fields that are set. */
export const configuredFields = ({ config }: Configuration): string[] => Object.keys(config).toSorted();
