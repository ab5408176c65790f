import { whyNotCallable, type CallRules } from '@ao/outbound';

export interface SmtpServer {
  readonly host: string;
  readonly port: number;
  /** TLS from the first byte; otherwise STARTTLS where the server has it. */
  readonly secure: boolean;
  readonly auth?: { readonly user: string; readonly pass: string };
}

/** What mail is handed in at; others are no mail servers, whatever listens there. */
const PORTS: ReadonlySet<number> = new Set([25, 465, 587, 2525]);

/** `smtp://user:password@host:port` or `smtps://…`, and nothing besides; undefined for what is none. */
export function parseSmtpUrl(url: string): SmtpServer | undefined {
  if (!/^smtps?:\/\//i.test(url) || !URL.canParse(url)) return undefined;
  const { protocol, hostname, port, username, password, pathname, search, hash } = new URL(url);
  if (hostname === '' || search !== '' || hash !== '' || !['', '/'].includes(pathname)) return undefined;
  const secure = protocol === 'smtps:';
  try {
    const [user, pass] = [decodeURIComponent(username), decodeURIComponent(password)];
    if (/[\p{Cc}\s]/u.test(decodeURIComponent(hostname)) || port === '0') return undefined;
    return {
      host: hostname.replace(/^\[|\]$/g, ''),
      port: port === '' ? (secure ? 465 : 587) : Number(port),
      secure,
      ...(user !== '' && { auth: { user, pass } }),
    };
  } catch {
    return undefined;
  }
}

/** Why a mail server that a channel names may not be used, as the end of a sentence; the same thoughts as for webhooks. */
export function whyNotSmtpHost(url: string, rules: CallRules): string | undefined {
  const server = parseSmtpUrl(url);
  if (!server) return 'must be smtp://user:password@host:port or smtps://…';
  const { host, port } = server;
  if (!rules.allowPrivate && !PORTS.has(port)) return 'must have the port 25, 465, 587 or 2525';
  return whyNotCallable(`https://${host.includes(':') ? `[${host}]` : host}/`, rules);
}
