import { connect } from 'node:net';
import type { AddressInfo } from 'node:net';
import fastify, { type FastifyInstance } from 'fastify';
import { lingerOverLargeBodies } from './linger';

const LIMIT = 1_000;
/** More than the sockets of both sides hold. */
const LARGE = 32 * 1024 * 1024;

describe('a body that is too large', () => {
  let server: FastifyInstance;
  afterEach(() => server.close());

  async function start(lingers: boolean): Promise<number> {
    server = fastify({ bodyLimit: LIMIT });
    if (lingers) lingerOverLargeBodies(server);
    server.post('/', () => 'taken');
    await server.listen({ port: 0, host: '127.0.0.1' });
    return (server.server.address() as AddressInfo).port;
  }

  /** Sends a whole body, reading nothing before its end, as simple clients do. Resolves with the first line, or what broke. */
  function send(port: number, bytes: number): Promise<string> {
    return new Promise((resolve) => {
      const socket = connect(port, '127.0.0.1');
      const head = `POST / HTTP/1.1\r\nhost: x\r\ncontent-type: text/plain\r\ncontent-length: ${bytes}\r\n\r\n`;
      socket.on('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? error.message));
      socket.on('close', () => resolve('closed'));
      socket.write(head);
      socket.write(Buffer.alloc(bytes, 'x'), (error) => {
        if (!error) socket.once('data', (data: Buffer) => resolve(data.toString().split('\r\n')[0]!));
      });
    });
  }

  it('should be answered when it has been sent', async () => {
    const port = await start(true);
    expect(await send(port, LARGE)).toBe('HTTP/1.1 413 Payload Too Large');
    expect(await send(port, LIMIT)).toBe('HTTP/1.1 200 OK');
  });

  it('should break the connection of who sends it otherwise (control)', async () => {
    expect(await send(await start(false), LARGE)).toMatch(/^(EPIPE|ECONNRESET|closed)$/);
  });

  it('should be answered after a second if its end does not come', async () => {
    const port = await start(true);
    const begun = performance.now();
    const answer = await new Promise<string>((resolve) => {
      const socket = connect(port, '127.0.0.1');
      socket.on('data', (data: Buffer) => resolve(data.toString().split('\r\n')[0]!));
      socket.write('POST / HTTP/1.1\r\nhost: x\r\ncontent-type: text/plain\r\ncontent-length: 5000\r\n\r\nabc');
    });
    expect(answer).toBe('HTTP/1.1 413 Payload Too Large');
    expect(performance.now() - begun).toBeGreaterThan(900);
  });
});
