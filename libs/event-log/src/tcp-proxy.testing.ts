import { connect, createServer, type AddressInfo, type Socket } from 'node:net';

/** A loopback proxy that can lose one direction while its sockets stay open, or cut everything. */
export interface TcpProxy {
  /** The URL with this proxy in place of its host and port. */
  through(url: string): string;
  /** `swallow`: what the server answers is lost. `silence`: both directions are. */
  mode: 'pass' | 'swallow' | 'silence';
  /** Bytes of answers swallowed since the mode was set; tells that the server has answered. */
  swallowed(): number;
  cut(): void;
  /** Refuses new connections from now on. */
  close(): Promise<void>;
}

export async function tcpProxy(targetUrl: string): Promise<TcpProxy> {
  const target = new URL(targetUrl);
  const sockets = new Set<Socket>();
  let swallowed = 0;
  const server = createServer((client) => {
    const upstream = connect(Number(target.port), target.hostname);
    for (const [socket, other] of [
      [client, upstream],
      [upstream, client],
    ] as const) {
      sockets.add(socket);
      socket.on('error', () => undefined);
      socket.on('close', () => {
        sockets.delete(socket);
        other.destroy();
      });
    }
    client.on('data', (data) => {
      if (proxy.mode !== 'silence') upstream.write(data);
    });
    upstream.on('data', (data) => {
      if (proxy.mode === 'pass') client.write(data);
      else swallowed += data.length;
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const proxy: TcpProxy = {
    mode: 'pass',
    through: (url) => {
      const changed = new URL(url);
      changed.hostname = '127.0.0.1';
      changed.port = String(port);
      return changed.toString();
    },
    swallowed: () => swallowed,
    cut: () => {
      for (const socket of sockets) socket.destroy();
    },
    close: () => {
      for (const socket of sockets) socket.destroy();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
  return proxy;
}
