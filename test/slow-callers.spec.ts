import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { gzipSync } from 'node:zlib';
import { eventually, testStack, type TestStack } from '@ao/testing';

const SOCKETS = 500;

let stack: TestStack;
beforeAll(async () => {
  stack = await testStack();
});
afterAll(() => stack?.stop());

describe('callers that hold on to what they get', () => {
  it('should be let go, and keep nobody else from being served meanwhile', async () => {
    const { hostname, port } = new URL(stack.url);
    const answers = new Map<Socket, string>();
    const sockets = await Promise.all(
      Array.from({ length: SOCKETS }, async () => {
        const socket = connect(Number(port), hostname);
        socket.on('error', () => undefined);
        socket.on('data', (data) => answers.set(socket, `${answers.get(socket) ?? ''}${data.toString()}`));
        await once(socket, 'connect');
        socket.write('POST /api/v1/auth/login HTTP/1.1\r\nHost: localhost\r\nX-Slow: ');
        return socket;
      }),
    );
    const drip = setInterval(() => {
      for (const socket of sockets) if (socket.writable) socket.write('a');
    }, 500);
    try {
      for (let request = 0; request < 200; request += 1) {
        const answer = await fetch(`${stack.url}/health`);
        expect(answer.status).toBe(200);
        await answer.text();
      }
      // The control: they are still there, and only waiting for the end of their headers.
      const held = () => sockets.filter((socket) => !socket.destroyed).length;
      expect(held()).toBe(SOCKETS);
      await eventually(() => expect(held()).toBe(0), { timeoutMs: 90_000 });
    } finally {
      clearInterval(drip);
      for (const socket of sockets) socket.destroy();
    }
    expect([...answers.values()].every((answer) => answer.startsWith('HTTP/1.1 408 '))).toBe(true);
  });

  it('rejects a body that is packed, before it is unpacked', async () => {
    const packed = gzipSync(Buffer.alloc(10 * 1024 * 1024, ' '));
    const answer = await fetch(`${stack.url}/api/v1/auth/login`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'content-encoding': 'gzip' },
      body: packed,
    });
    expect(answer.status).toBe(415);
    expect(await answer.json()).toMatchObject({ code: 'unsupported_media_type' });
  });
});
