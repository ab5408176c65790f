import { OutboundError } from '@ao/outbound';
import { createTransport, type SMTPPoolOptions } from 'nodemailer';
import type { AttemptResult } from '../delivery/delivery.types';
import { htmlOf } from './mail-html';
import { redacted, secretsOf } from './redact';
import { connectSmtp } from './smtp-socket';
import { parseSmtpUrl } from './smtp-url';

export interface Mail {
  /** Each sees the others. */
  readonly to: readonly string[];
  readonly subject: string;
  /** Plain; HTML is made of it where none is given. */
  readonly text: string;
  readonly html?: string;
  /** Absent: the installation's (MAIL_FROM). */
  readonly from?: string;
  /** Absent: the installation's own server (SMTP_URL). Whoever may not be called is not connected to. */
  readonly smtpUrl?: string;
  /** The same for a repetition, so that mail servers and readers recognise it: becomes the Message-ID. */
  readonly id: string;
}

export interface MailTransport {
  /** Never throws for what a mail server does. 5xx is final, 4xx is not. */
  sendMail(mail: Mail, signal?: AbortSignal): Promise<AttemptResult>;
  close(): void;
}

export interface MailTransportOptions {
  readonly smtpUrl?: string;
  readonly from: string;
  /** Also mail servers that channels name may have private addresses, and take a password without TLS. */
  readonly allowPrivate: boolean;
  /** For one mail, from the connection to the server's last word; 20,000 if absent. */
  readonly timeoutMs?: number;
  /** Absent: by TCP, and for channels only to addresses that may be called. */
  readonly connect?: typeof connectSmtp;
}

type Pool = ReturnType<typeof createPool>;

/** Mail servers whose connections are kept; the one not used for longest goes first. */
const MOST_POOLS = 50;
/** Shorter than servers keep an idle connection open. */
const IDLE_MS = 30_000;
const DEFAULT_TIMEOUT_MS = 20_000;
const KEPT_RESPONSE = 2 * 1024;

/** Mail by SMTP. One pool of connections per server and login. */
export function createMailTransport(options: MailTransportOptions): MailTransport {
  const { timeoutMs = DEFAULT_TIMEOUT_MS } = options;
  const pools = new Map<string, Pool>();

  function poolOf(url: string, isOwn: boolean): Pool | undefined {
    const key = `${isOwn} ${url}`;
    const pool = pools.get(key) ?? createPool(url, isOwn, options, timeoutMs);
    if (!pool) return undefined;
    pools.delete(key);
    pools.set(key, pool);
    const [oldest] = pools;
    if (pools.size > MOST_POOLS && oldest) {
      pools.delete(oldest[0]);
      oldest[1]?.close();
    }
    return pool;
  }

  return {
    async sendMail({ to, subject, text, html, from = options.from, smtpUrl = options.smtpUrl, id }, signal) {
      const pool = smtpUrl === undefined ? undefined : poolOf(smtpUrl, smtpUrl === options.smtpUrl);
      if (!pool) {
        const detail = 'The installation has no mail server (SMTP_URL)';
        return { delivered: false, error: 'not_configured', detail, final: 'this' };
      }
      const title = subject.replace(/\p{Cc}+/gu, ' ');
      const secrets = [...to, ...secretsOf(smtpUrl)];
      const late = AbortSignal.timeout(timeoutMs);
      try {
        const { response, accepted } = await pool.sendMail({
          from: { name: '', address: from },
          to: to.map((address) => ({ name: '', address })),
          ...{ subject: title, text: text.trim() === '' ? title : text, html: html ?? htmlOf(title, text) },
          messageId: `<${id}@${from.slice(from.lastIndexOf('@') + 1)}>`,
          // RFC 3834: nobody is to answer it by a machine.
          headers: { 'Auto-Submitted': 'auto-generated', 'X-Auto-Response-Suppress': 'All' },
          ...{ disableFileAccess: true, disableUrlAccess: true },
          signal: signal ? AbortSignal.any([signal, late]) : late,
        });
        const some = accepted.length < to.length ? `taken for ${accepted.length} of ${to.length} recipients: ` : '';
        return { delivered: true, ...codeOf(response), response: some + fit(response, secrets) };
      } catch (error) {
        return failureOf(error as SmtpError, secrets);
      }
    },
    close() {
      for (const pool of pools.values()) pool?.close();
      pools.clear();
    },
  };
}

function createPool(url: string, isOwn: boolean, options: MailTransportOptions, timeoutMs: number) {
  const { allowPrivate, connect = connectSmtp } = options;
  const server = parseSmtpUrl(url);
  if (!server) return undefined;
  const { host, port, secure, auth } = server;
  const pool: SMTPPoolOptions & { pool: true } = {
    pool: true,
    ...{ host, port, secure, auth },
    // A channel's password goes out under TLS alone; how the installation's own server is reached, its operator has said.
    requireTLS: !secure && auth !== undefined && !isOwn && !allowPrivate,
    // Without a password STARTTLS is taken as mail servers take it among themselves: better than nothing, whoever answers.
    tls: { rejectUnauthorized: secure || auth !== undefined },
    ...{ maxConnections: 3, maxMessages: 100, maxRequeues: 1, idleTimeout: IDLE_MS },
    ...{
      connectionTimeout: timeoutMs,
      greetingTimeout: timeoutMs,
      socketTimeout: timeoutMs,
      socketCloseTimeout: 1_000,
    },
    maxResponseSize: 64 * 1024,
    getSocket: (_options, callback) => {
      connect(server, isOwn ? undefined : { allowPrivate }, timeoutMs).then(
        (connection) => callback(null, { connection }),
        (error: Error) => callback(error, false),
      );
    },
  };
  return createTransport(pool);
}

/** As nodemailer throws it. */
interface SmtpError extends Error {
  readonly code?: string;
  /** What the socket said, where `code` is nodemailer's own word for it. */
  readonly originalCode?: string;
  readonly command?: string;
  readonly response?: string;
  readonly responseCode?: number;
  /** One for each recipient that was refused. */
  readonly rejectedErrors?: readonly { readonly responseCode?: number }[];
}

type Failure = Extract<AttemptResult, { delivered: false }>;

const FAILURES: Readonly<Record<string, Pick<Failure, 'error' | 'detail'>>> = {
  ETIMEDOUT: { error: 'timeout', detail: 'The mail server did not answer in time' },
  EABORT: { error: 'timeout', detail: 'The mail server did not take the mail in time' },
  ETLS: { error: 'tls', detail: 'TLS with the mail server could not be agreed on, or its certificate is wrong' },
  EPROTOCOL: { error: 'connection_lost', detail: 'What answers is no mail server' },
};

/** Node's words for certificates that do not hold, and OpenSSL's for handshakes. */
const TLS_CODE =
  /^(ERR_SSL_|ERR_TLS_|EPROTO|CERT_|CRL_|UNABLE_TO_|DEPTH_ZERO_|SELF_SIGNED_|HOSTNAME_MISMATCH|INVALID_CA)/;

/** What a command that was refused was about. */
const REFUSED: Readonly<Record<string, string>> = {
  'MAIL FROM': 'the sender',
  'RCPT TO': 'every recipient',
  DATA: 'the mail',
  CONN: 'the connection',
  EHLO: 'the connection',
  HELO: 'the connection',
};

function failureOf(error: SmtpError, secrets: readonly string[]): Failure {
  if (error instanceof OutboundError) return { delivered: false, error: error.code, detail: error.message };
  const { originalCode = '', command = '', response, responseCode, rejectedErrors = [] } = error;
  const code = TLS_CODE.test(originalCode) ? 'ETLS' : error.code;
  if (responseCode !== undefined && responseCode >= 400 && code !== 'ETLS') {
    const what = REFUSED[command] ?? (command.startsWith('AUTH') ? 'the login' : 'the mail');
    const forNow = [responseCode, ...rejectedErrors.map((each) => each.responseCode ?? 500)].some((each) => each < 500);
    return {
      ...{ delivered: false, error: 'refused', status_code: responseCode },
      detail: `The mail server refuses ${what}${forNow ? ' for now' : ''}`,
      ...(response !== undefined && { response: fit(response, secrets) }),
      ...(!forNow && { final: 'this' as const }),
    };
  }
  const known = FAILURES[code ?? ''];
  if (known) return { delivered: false, ...known };
  return { delivered: false, error: 'connection_lost', detail: 'The connection to the mail server was lost' };
}

const fit = (response: string, secrets: readonly string[]) => redacted(response.slice(0, KEPT_RESPONSE), secrets);

function codeOf(response: string): { status_code?: number } {
  const code = /^\d{3}/.exec(response)?.[0];
  return code === undefined ? {} : { status_code: Number(code) };
}
