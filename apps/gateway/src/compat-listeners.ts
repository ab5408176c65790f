import { createServer, type Server, type ServerOptions } from 'node:http';
import { drainHttp, type Logger } from '@ao/platform';

/** The ports that the API's documents name, beside the gateway's own; on loopback only. */
export class CompatListeners {
  private readonly servers: Server[] = [];

  constructor(
    private readonly main: Server,
    private readonly options: ServerOptions,
    private readonly logger: Logger,
  ) {}

  /** A port that is taken is a warning: the gateway's own port serves the same. */
  async listen(ports: readonly number[]): Promise<void> {
    for (const port of ports) {
      const server = createServer(
        this.options,
        (request, response) => void this.main.emit('request', request, response),
      );
      server.on('upgrade', (request, socket, head) => {
        if (!this.main.emit('upgrade', request, socket, head)) socket.destroy();
      });
      server.on('clientError', (error, socket) => void this.main.emit('clientError', error, socket));
      try {
        await listening(server, port);
        this.servers.push(server);
        this.logger.info({ port }, 'listening on a port of the documents as well');
      } catch (error) {
        this.logger.warn({ port, err: error }, `port ${port} is taken; the API is served without it`);
      }
    }
  }

  async close(): Promise<void> {
    await Promise.all(this.servers.splice(0).map((server) => drainHttp(server)));
  }
}

function listening(server: Server, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', () => {
      server.off('error', reject);
      resolve();
    });
  });
}
