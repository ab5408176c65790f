import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { SMTPServer, type SMTPServerOptions } from 'smtp-server';

export interface ReceivedMail {
  readonly from: string;
  readonly to: readonly string[];
  /** As it came over the wire. */
  readonly raw: string;
  readonly user: string | undefined;
  readonly secure: boolean;
}

export interface MailServer {
  readonly port: number;
  readonly mails: ReceivedMail[];
  readonly connections: () => number;
  /** What the server answers to a recipient instead of taking it. */
  readonly refuse: Map<string, { readonly code: number; readonly text: string }>;
  close(): Promise<void>;
}

/** A real mail server on loopback that keeps what it gets. */
export async function startMailServer(options: SMTPServerOptions = {}): Promise<MailServer> {
  const mails: ReceivedMail[] = [];
  const refuse: MailServer['refuse'] = new Map();
  let connections = 0;
  const server = new SMTPServer({
    authOptional: true,
    // Else it warns of its own certificate.
    logger: false,
    onConnect: (_session, callback) => {
      connections += 1;
      callback();
    },
    onAuth: ({ username, password }, _session, callback) => {
      if (password === 'let me in') callback(null, { user: username });
      else callback(Object.assign(new Error(`no login for ${username} by ${password}`), { responseCode: 535 }));
    },
    onRcptTo: ({ address }, _session, callback) => {
      const refused = refuse.get(address);
      callback(refused ? Object.assign(new Error(refused.text), { responseCode: refused.code }) : null);
    },
    onData: (stream, session, callback) => {
      const chunks: Buffer[] = [];
      stream.on('data', (chunk: Buffer) => chunks.push(chunk));
      stream.on('end', () => {
        const { mailFrom, rcptTo } = session.envelope;
        mails.push({
          from: mailFrom ? mailFrom.address : '',
          to: rcptTo.map(({ address }) => address),
          raw: Buffer.concat(chunks).toString(),
          ...{ user: session.user, secure: session.secure },
        });
        callback(null, 'Queued');
      });
    },
    ...options,
  });
  server.on('error', () => undefined);
  server.listen(0, '127.0.0.1');
  await once(server.server, 'listening');
  const { port } = server.server.address() as AddressInfo;
  return {
    ...{ port, mails, refuse, connections: () => connections },
    close: () => new Promise((resolve) => server.close(() => resolve())),
  };
}
