import { Agent, createServer, get, type IncomingMessage, type Server } from 'node:http';
import { connect, type AddressInfo } from 'node:net';
import { eventually } from '@ao/testing';
import { drainHttp } from './drain-http';

describe('the end of an HTTP server', () => {
  let server: Server;
  let port: number;
  const agent = new Agent({ keepAlive: true, maxSockets: 4 });
  const release: (() => void)[] = [];

  beforeEach(async () => {
    server = createServer((request, response) => {
      if (request.url === '/slow') release.push(() => response.end('slow'));
      else response.end('quick');
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    ({ port } = server.address() as AddressInfo);
  });

  afterEach(() => agent.destroy());

  const ask = (path: string) =>
    new Promise<{ text: string; connection: string | undefined }>((resolve, reject) => {
      get({ host: '127.0.0.1', port, path, agent }, (response: IncomingMessage) => {
        let text = '';
        response.setEncoding('utf8').on('data', (part: string) => (text += part));
        response.on('end', () => resolve({ text, connection: response.headers.connection }));
      }).on('error', reject);
    });

  it('should finish what is under way, close idle connections and take no new ones', async () => {
    expect((await ask('/quick')).text).toBe('quick');
    const slow = ask('/slow');
    await eventually(() => expect(release).toHaveLength(1));
    const draining = drainHttp(server);
    await expect(
      new Promise((resolve, reject) => connect(port, '127.0.0.1').on('connect', resolve).on('error', reject)),
    ).rejects.toMatchObject({ code: 'ECONNREFUSED' });
    release[0]!();
    expect((await slow).text).toBe('slow');
    await draining;
    expect(server.listening).toBe(false);
    await drainHttp(server);
  });
});
