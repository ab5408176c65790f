import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { createMailTransport, type Mail, type MailTransport, type MailTransportOptions } from './mail.transport';
import { startMailServer, type MailServer } from './mail-server.testing';

const FROM = 'agents@example.org';
const mail: Mail = { to: ['ada@example.org'], subject: 'Backup failed', text: 'On host 7.\n\nSee the log.', id: 'd-1' };

describe('mail by SMTP', () => {
  const open: { close(): unknown }[] = [];
  afterEach(async () => {
    for (const each of open.splice(0).reverse()) await each.close();
  });

  const server = async (options?: Parameters<typeof startMailServer>[0]): Promise<MailServer> => {
    const started = await startMailServer(options);
    open.push(started);
    return started;
  };
  const transport = (options: Partial<MailTransportOptions>): MailTransport => {
    const made = createMailTransport({ from: FROM, allowPrivate: false, ...options });
    open.push(made);
    return made;
  };
  const own = ({ port }: { port: number }) => `smtp://127.0.0.1:${port}`;
  /** The lines of the mail's head, unfolded. */
  const headOf = (raw: string) =>
    raw
      .split('\r\n\r\n')[0]!
      .replace(/\r\n[ \t]+/g, ' ')
      .split('\r\n');

  it('should arrive at all it is for, as text and as HTML', async () => {
    const to = await server();
    const both = { ...mail, to: ['ada@example.org', 'bob@example.org'] };
    const result = await transport({ smtpUrl: own(to) }).sendMail(both);
    expect(result).toMatchObject({ delivered: true, status_code: 250 });
    const [got] = to.mails;
    expect(got).toMatchObject({ from: FROM, to: ['ada@example.org', 'bob@example.org'] });
    expect(headOf(got!.raw)).toEqual(
      expect.arrayContaining([
        ...['Subject: Backup failed', 'From: agents@example.org', 'To: ada@example.org, bob@example.org'],
        ...['Message-ID: <d-1@example.org>', 'Auto-Submitted: auto-generated'],
      ]),
    );
    expect(got!.raw).toContain('On host 7.');
    expect(got!.raw).toContain('<p>See the log.</p>');
  });

  it('should have its subject for a text where it has none of its own', async () => {
    const to = await server();
    expect(await transport({ smtpUrl: own(to) }).sendMail({ ...mail, text: '' })).toMatchObject({ delivered: true });
    const { raw } = to.mails[0]!;
    const [plain] = raw.slice(raw.indexOf('text/plain')).split('--');
    expect(plain).toContain('Backup failed');
  });

  it('should let no text become a header, a recipient or markup', async () => {
    const to = await server();
    const text = 'a <script>alert(1)</script> & "b"\r\n.\r\nRCPT TO:<eve@example.org>';
    const subject = 'All well\r\nBcc: eve@example.org\r\n\r\n<img>';
    expect(await transport({ smtpUrl: own(to) }).sendMail({ ...mail, subject, text })).toMatchObject({
      delivered: true,
    });
    const [got] = to.mails;
    expect(got!.to).toEqual(['ada@example.org']);
    expect(headOf(got!.raw).filter((line) => /^bcc/i.test(line))).toEqual([]);
    expect(headOf(got!.raw)).toContain('Subject: All well Bcc: eve@example.org <img>');
    const html = got!.raw.slice(got!.raw.indexOf('text/html'));
    expect(html).not.toMatch(/<script>|<img>/);
    expect(html).toContain('&lt;script&gt;');
  });

  it('should use a connection again', async () => {
    const to = await server();
    const by = transport({ smtpUrl: own(to) });
    for (const id of ['1', '2', '3']) await by.sendMail({ ...mail, id });
    expect([to.mails.length, to.connections()]).toEqual([3, 1]);
  });

  it('should give up for good what the server refuses for good, and say nothing of who it was for', async () => {
    const to = await server();
    to.refuse.set('ada@example.org', { code: 550, text: 'no such user <ada@example.org>' });
    const refused = await transport({ smtpUrl: own(to) }).sendMail(mail);
    expect(refused).toMatchObject({
      ...{ delivered: false, error: 'refused', status_code: 550, final: 'this' },
      detail: 'The mail server refuses every recipient',
    });
    expect(refused.response).toContain('no such user');
    expect(JSON.stringify(refused)).not.toContain('ada');
  });

  it('should try again later what the server refuses for now', async () => {
    const to = await server();
    to.refuse.set('ada@example.org', { code: 451, text: 'greylisted' });
    const by = transport({ smtpUrl: own(to) });
    const refused = await by.sendMail(mail);
    expect(refused).toMatchObject({ delivered: false, error: 'refused', status_code: 451 });
    expect(refused).not.toHaveProperty('final');
    to.refuse.set('bob@example.org', { code: 550, text: 'no' });
    expect(await by.sendMail({ ...mail, to: ['ada@example.org', 'bob@example.org'] })).not.toHaveProperty('final');
    to.refuse.delete('ada@example.org');
    expect(await by.sendMail({ ...mail, to: ['ada@example.org', 'bob@example.org'] })).toMatchObject({
      ...{ delivered: true, response: expect.stringContaining('taken for 1 of 2 recipients') as unknown },
    });
  });

  it('should log in, and say of a wrong password nothing but that', async () => {
    const to = await server({ allowInsecureAuth: true, disabledCommands: ['STARTTLS'] });
    const by = transport({ allowPrivate: true });
    const as = (password: string) => `smtp://ops:${encodeURIComponent(password)}@127.0.0.1:${to.port}`;
    expect(await by.sendMail({ ...mail, smtpUrl: as('let me in') })).toMatchObject({ delivered: true });
    expect(to.mails[0]!.user).toBe('ops');
    const refused = await by.sendMail({ ...mail, smtpUrl: as('c4nary-password') });
    expect(refused).toMatchObject({
      ...{ delivered: false, error: 'refused', status_code: 535, final: 'this' },
      detail: 'The mail server refuses the login',
    });
    expect(JSON.stringify(refused)).not.toContain('c4nary');
  });

  it('should tell a password of a channel to nobody in clear', async () => {
    const to = await server({ allowInsecureAuth: true, disabledCommands: ['STARTTLS'] });
    const smtpUrl = 'smtp://ops:let%20me%20in@mail.example.org';
    const reached: typeof connect = () => connect(to.port, '127.0.0.1');
    const byName = async (): Promise<Socket> => {
      const socket = reached(0);
      await once(socket, 'connect');
      return socket;
    };
    const refused = await transport({ connect: byName }).sendMail({ ...mail, smtpUrl });
    expect(refused).toMatchObject({ delivered: false, error: 'tls' });
    expect(to.mails).toEqual([]);
    // The control: the installation's own server is its operator's to judge.
    expect(await transport({ connect: byName, smtpUrl }).sendMail(mail)).toMatchObject({ delivered: true });
  });

  it('should judge certificates where something depends on them', async () => {
    const [starttls, tls] = [await server(), await server({ secure: true })];
    const by = transport({ allowPrivate: true });
    // Without a password: encrypted, whoever answers.
    expect(await by.sendMail({ ...mail, smtpUrl: own(starttls) })).toMatchObject({ delivered: true });
    expect(starttls.mails[0]!.secure).toBe(true);
    const withPassword = `smtp://ops:let%20me%20in@127.0.0.1:${starttls.port}`;
    for (const smtpUrl of [withPassword, `smtps://127.0.0.1:${tls.port}`])
      expect(await by.sendMail({ ...mail, smtpUrl })).toMatchObject({ delivered: false, error: 'tls' });
  });

  it('rejects private mail servers of channels, not that of the installation', async () => {
    const to = await server();
    const other = await server();
    const by = transport({ smtpUrl: own(to) });
    expect(await by.sendMail({ ...mail, smtpUrl: own(to) })).toMatchObject({ delivered: true });
    for (const smtpUrl of [own(other), `smtp://localhost:${other.port}`])
      expect(await by.sendMail({ ...mail, smtpUrl })).toMatchObject({ delivered: false, error: 'address_refused' });
    expect(other.connections()).toBe(0);
    expect(await transport({ allowPrivate: true }).sendMail({ ...mail, smtpUrl: own(other) })).toMatchObject({
      delivered: true,
    });
  });

  it('should say what was met of servers that are none', async () => {
    const bare = async (talk: (socket: Socket) => void): Promise<string> => {
      const sockets = new Set<Socket>();
      const listener: Server = createServer((socket) => {
        sockets.add(socket.on('error', () => undefined));
        talk(socket);
      }).listen(0, '127.0.0.1');
      await once(listener, 'listening');
      const { port } = listener.address() as AddressInfo;
      open.push({
        close: () => {
          for (const socket of sockets) socket.destroy();
          return new Promise<void>((resolve) => listener.close(() => resolve()));
        },
      });
      return own({ port });
    };
    const by = transport({ allowPrivate: true, timeoutMs: 500 });
    const errorAt = async (smtpUrl: string, signal?: AbortSignal) => {
      const result = await by.sendMail({ ...mail, smtpUrl }, signal);
      return result.delivered ? 'delivered' : result.error;
    };
    const gone = await bare(() => undefined);
    await (open.pop() as { close(): Promise<void> }).close();
    expect(await errorAt(gone)).toBe('connection_refused');
    expect(await errorAt(await bare(() => undefined))).toBe('timeout');
    expect(await errorAt(await bare((socket) => socket.destroy()))).toBe('connection_lost');
    expect(await errorAt(await bare((socket) => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n')))).toBe(
      'connection_lost',
    );
    expect(await errorAt(await bare((socket) => socket.end('421 come back later\r\n')))).toBe('refused');
    expect(await errorAt('smtp://no-such-host.invalid:25')).toBe('name_not_found');
    const patient = transport({ allowPrivate: true });
    const cut = patient.sendMail({ ...mail, smtpUrl: await bare(() => undefined) }, AbortSignal.timeout(100));
    expect(await cut).toMatchObject({ delivered: false, error: 'timeout' });
  });

  it('should send nothing where there is no mail server', async () => {
    expect(await transport({}).sendMail(mail)).toMatchObject({
      delivered: false,
      error: 'not_configured',
      final: 'this',
    });
  });
});
