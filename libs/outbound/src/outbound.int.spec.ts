import { execFile } from 'node:child_process';
import { generateKeyPairSync } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer as createHttp, type RequestListener } from 'node:http';
import { createServer as createHttps } from 'node:https';
import { connect, createServer as createTcp, type AddressInfo, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { authorityCertificate, newSerial, serverCertificate, toPem } from '@ao/x509';
import { createOutbound, parseRetryAfter, type Outbound, type OutboundOptions } from './outbound';

const closing: (() => unknown)[] = [];
afterEach(async () => {
  await Promise.all(closing.splice(0).map((close) => close()));
});

const outbound = (options: Partial<OutboundOptions> = {}): Outbound => {
  const made = createOutbound({ allowPrivate: true, timeoutMs: 5_000, ...options });
  closing.push(() => made.close());
  return made;
};

/** Its port, and how many connections it has had. */
async function listen(server: Server): Promise<{ readonly port: number; connections(): number }> {
  const sockets = new Set<Socket>();
  let connections = 0;
  server.on('connection', (socket) => {
    connections += 1;
    sockets.add(socket);
    socket.on('error', () => undefined).on('close', () => sockets.delete(socket));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  closing.push(() => {
    for (const socket of sockets) socket.destroy();
    return new Promise((resolve) => server.close(resolve));
  });
  return { port: (server.address() as AddressInfo).port, connections: () => connections };
}
const receiver = (listener: RequestListener) => listen(createHttp(listener));
const to = ({ port }: { port: number }) => `http://127.0.0.1:${port}/hook?a=1`;
const body = '{"x":1}';

describe('an exchange', () => {
  it('should post the body with its headers, and tell what was answered', async () => {
    const seen: unknown[] = [];
    const server = await receiver((request, response) => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () => {
        const { 'x-test': test, 'user-agent': agent } = request.headers;
        seen.push([request.method, request.url, test, agent, Buffer.concat(chunks).toString()]);
        response.writeHead(503, { 'retry-after': '7' }).end('later\u0000 ✓');
      });
    });
    await expect(outbound().post(to(server), { headers: { 'x-test': 'yes' }, body })).resolves.toEqual({
      ...{ status: 503, retryAfterMs: 7_000, response: 'later\uFFFD ✓' },
    });
    expect(seen).toEqual([['POST', '/hook?a=1', 'yes', 'agent-orchestration', body]]);
  });

  it('should request with any method, and tell all of an answer up to the limit', async () => {
    const seen: unknown[] = [];
    const server = await receiver((request, response) => {
      seen.push([request.method, request.headers['x-test'], request.headers['content-length']]);
      const answer = request.method === 'GET' ? 'x'.repeat(5_000) : 'x'.repeat(500_000);
      request.resume().on('end', () => response.writeHead(200, { 'content-type': 'text/plain' }).end(answer));
    });
    const sender = outbound();
    await expect(sender.request(to(server), { method: 'GET', headers: { 'x-test': 'yes' } })).resolves.toEqual({
      ...{ status: 200, contentType: 'text/plain', body: 'x'.repeat(5_000), truncated: false },
    });
    const cut = await sender.request(to(server), { method: 'DELETE', body });
    expect([cut.truncated, cut.body.length]).toEqual([true, 64 * 1024]);
    expect(seen).toEqual([
      ['GET', 'yes', undefined],
      ['DELETE', undefined, '7'],
    ]);
    await expect(sender.request('ftp://somewhere', { method: 'GET' })).rejects.toMatchObject({
      code: 'address_refused',
    });
  });

  it('should use a connection again', async () => {
    const server = await receiver((request, response) => {
      request.resume().on('end', () => response.end('x'.repeat(10_000)));
    });
    const sender = outbound();
    for (let n = 0; n < 20; n += 1) await sender.post(to(server), { body });
    // The second post may come before the first one's connection is free again.
    expect(server.connections()).toBeLessThanOrEqual(2);
  });

  it('should carry 2,000 posts at once, on a bounded number of connections', async () => {
    let received = 0;
    const server = await receiver((request, response) => {
      received += 1;
      request.resume().on('end', () => response.end('ok'));
    });
    const sender = outbound({ timeoutMs: 40_000 });
    await Promise.all(Array.from({ length: 2_000 }, () => sender.post(to(server), { body: 'x'.repeat(2_000) })));
    expect(received).toBe(2_000);
    expect(server.connections()).toBeLessThanOrEqual(64);
  });

  it.each([301, 302, 303, 307, 308])('should return a %p and not follow it', async (status) => {
    const canary = await receiver((_, response) => void response.end());
    const server = await receiver((request, response) => {
      request.resume().on('end', () => response.writeHead(status, { location: to(canary) }).end('elsewhere'));
    });
    await expect(outbound().post(to(server), { body })).resolves.toMatchObject({ status, response: 'elsewhere' });
    expect(canary.connections()).toBe(0);
  });

  it('should keep 2 KiB of an answer, whole characters, and read no more than 64 KiB of 10 MB', async () => {
    let written = 0;
    const server = await receiver((_, response) => {
      const chunk = Buffer.from('€'.repeat(20_000));
      const more = () => {
        while (written < 10_000_000 && !response.destroyed) {
          written += chunk.length;
          if (!response.write(chunk)) return void response.once('drain', more);
        }
        response.end();
      };
      more();
    });
    const { status, response } = await outbound().post(to(server), { body });
    expect([status, response]).toEqual([200, '€'.repeat(682)]);
    expect(written).toBeLessThan(10_000_000);
  });
});

describe('a receiver that does not do its part', () => {
  it('should be given up when it hangs, drips its head or drips its body', async () => {
    const hanging = await listen(createTcp());
    const drips = (head: string) =>
      listen(
        createTcp((socket) => {
          socket.write(head);
          const drip = setInterval(() => socket.write('x'), 50);
          socket.on('close', () => clearInterval(drip));
        }),
      );
    const receivers = [
      hanging,
      await drips('HTTP/1.1 200 OK\r\nx-'),
      await drips('HTTP/1.1 200 OK\r\ncontent-length: 9000\r\n\r\n'),
    ];
    const sender = outbound({ timeoutMs: 400 });
    const started = performance.now();
    const outcomes = await Promise.allSettled(receivers.map((server) => sender.post(to(server), { body })));
    expect(performance.now() - started).toBeLessThan(10_000);
    for (const outcome of outcomes) expect(outcome).toMatchObject({ status: 'rejected', reason: { code: 'timeout' } });
    expect(outcomes).toHaveLength(3);
  });

  it('should be told apart by what it does', async () => {
    // The end of a connection: taken, so that nobody else listens there meanwhile, and not listening.
    const taken = connect((await listen(createTcp())).port, '127.0.0.1');
    await once(taken, 'connect');
    const port = taken.localPort!;
    const lost = await listen(createTcp((socket) => void socket.once('data', () => socket.destroy())));
    const noise = await listen(createTcp((socket) => void socket.once('data', () => socket.end('SSH-2.0-x\r\n'))));
    const headers = await receiver((_, response) => void response.setHeader('x-a', 'a'.repeat(80_000)).end());
    const codes = [to({ port }), to(lost), to(noise), to(headers)].map((url) =>
      outbound()
        .post(url, { body })
        .catch((error: { code: string }) => error.code),
    );
    const expected = ['connection_refused', 'connection_lost', 'connection_lost', 'response_too_large'];
    expect(await Promise.all(codes)).toEqual(expected);
  });

  it('should be left when the signal says so, with its reason', async () => {
    const hanging = await listen(createTcp());
    const stop = new AbortController();
    const posted = outbound().post(to(hanging), { body, signal: stop.signal });
    const reason = new Error('stopping');
    stop.abort(reason);
    await expect(posted).rejects.toBe(reason);
    await expect(outbound().post(to(hanging), { body, signal: stop.signal })).rejects.toBe(reason);
  });
});

describe('addresses', () => {
  const guarded = { allowPrivate: false };
  const answer = (...addresses: string[]) =>
    Promise.resolve(addresses.map((address) => ({ address, family: address.includes(':') ? 6 : 4 })));

  it('should connect to none of those that may not be called, by name or by number', async () => {
    const canary = await receiver((_, response) => void response.end());
    const names = outbound({ lookup: () => answer('127.0.0.1'), ...guarded });
    // Its port would be refused before a look-up, so here the name decides, and then the number.
    await expect(names.post('https://receiver.example/', { body })).rejects.toMatchObject({ code: 'address_refused' });
    for (const url of [to(canary), `https://127.0.0.1:${canary.port}/`, `https://[::ffff:127.0.0.1]:8443/`]) {
      await expect(names.post(url, { body })).rejects.toMatchObject({ code: 'address_refused' });
    }
    expect(canary.connections()).toBe(0);
  });

  it('should judge every address of a name', async () => {
    const sender = outbound({ lookup: () => answer('93.184.215.14', '::ffff:10.0.0.1'), ...guarded });
    await expect(sender.post('https://both.example/', { body })).rejects.toMatchObject({ code: 'address_refused' });
  });

  it('should connect to what was judged, not to what the name leads to a moment later', async () => {
    const canary = await receiver((_, response) => void response.end('reached'));
    // Answers a public address once (of those that nobody has), then this machine, as a rebinding name server does.
    let looks = 0;
    const rebinding = () => answer(looks++ === 0 ? '3000::dead' : '127.0.0.1');
    const sender = outbound({ lookup: rebinding, ...guarded, timeoutMs: 300 });
    const first = await sender
      .post('https://rebinding.example:8443/', { body })
      .catch((error: { code: string }) => error.code);
    expect(['timeout', 'connection_refused']).toContain(first);
    expect(looks).toBe(1);
    const second = sender.post('https://rebinding.example:8443/', { body });
    await expect(second).rejects.toMatchObject({ code: 'address_refused' });
    expect(looks).toBe(2);
    expect(canary.connections()).toBe(0);
    // The same name and the same answer reach it where they may.
    const free = outbound({ lookup: rebinding });
    const reached = free.post(`http://rebinding.example:${canary.port}/`, { body });
    await expect(reached).resolves.toMatchObject({ response: 'reached' });
  });

  it('should never call the metadata of a cloud', async () => {
    const sender = outbound({ lookup: () => answer('169.254.169.254') });
    await expect(sender.post('http://metadata.example/', { body })).rejects.toMatchObject({ code: 'address_refused' });
  });

  it('should say that a name leads nowhere', async () => {
    const nowhere = outbound({ lookup: () => answer(), ...guarded });
    const failing = outbound({ lookup: () => Promise.reject(Object.assign(new Error('x'), { code: 'ENOTFOUND' })) });
    for (const sender of [nowhere, failing])
      await expect(sender.post('https://nowhere.example/', { body })).rejects.toMatchObject({ code: 'name_not_found' });
  });
});

describe('TLS', () => {
  it('should be believed only with a certificate of somebody who is trusted', async () => {
    const authority = { name: 'test authority', ...generateKeyPairSync('ec', { namedCurve: 'P-256' }) };
    const own = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    const validity = { notBefore: Date.now() - 60_000, notAfter: Date.now() + 3_600_000 };
    const subject = { subject: 'receiver', names: ['127.0.0.1'], publicKey: own.publicKey };
    const cert = toPem('CERTIFICATE', serverCertificate(authority, subject, newSerial(), validity));
    const ca = toPem('CERTIFICATE', authorityCertificate(authority, newSerial(), validity));
    const key = own.privateKey.export({ format: 'pem', type: 'pkcs8' });
    const server = await listen(createHttps({ key, cert }, (_, response) => void response.end('sealed')));
    const url = `https://127.0.0.1:${server.port}/`;
    await expect(outbound().post(url, { body })).rejects.toMatchObject({ code: 'tls' });
    const plain = await receiver((_, response) => void response.end());
    await expect(outbound().post(`https://127.0.0.1:${plain.port}/`, { body })).rejects.toMatchObject({ code: 'tls' });

    // The control: a process that trusts the authority is answered.
    const folder = await mkdtemp(join(tmpdir(), 'outbound-'));
    closing.push(() => rm(folder, { recursive: true }));
    await writeFile(join(folder, 'ca.pem'), ca);
    const script = `const { createOutbound } = require('@ao/outbound');
      createOutbound({ allowPrivate: true }).post(process.argv[1], { body: 'x' })
        .then(({ response }) => { console.log(response); process.exit(); });`;
    const root = join(__dirname, '../../..');
    const { stdout } = await promisify(execFile)('node', ['-r', './scripts/register.cjs', '-e', script, url], {
      ...{ cwd: root, env: { ...process.env, NODE_EXTRA_CA_CERTS: join(folder, 'ca.pem') } },
    });
    expect(stdout.trim()).toBe('sealed');
  });
});

describe('parseRetryAfter', () => {
  const now = Date.parse('2026-01-01T00:00:00Z');
  it.each([
    ['120', 120_000],
    ['0', 0],
    ['Thu, 01 Jan 2026 00:00:30 GMT', 30_000],
    ['Wed, 31 Dec 2025 00:00:00 GMT', 0],
    ['99999999', 86_400_000],
    ['soon', undefined],
    ['-5', undefined],
    ['', undefined],
  ])('should read %p as %p ms', (text, ms) => {
    expect(parseRetryAfter(text, now)).toBe(ms);
  });
});
