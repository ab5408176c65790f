import { randomInt } from 'node:crypto';
import { createServer } from 'node:net';

/**
 * Above 10080, the highest port that `fetch` refuses to call (Fetch standard, "bad port"). Below what Linux (32768), macOS and
 * Windows (49152) give to outgoing connections and to whoever listens at port 0: a port out of here is not taken by a mere
 * connection between the look and the listening.
 */
const LOWEST_PORT = 10_081;
const PORT_AFTER_HIGHEST = 32_768;
const LOOKS = 100;

/** A TCP port that nobody on 127.0.0.1 listens on now. Somebody may take it before you do: be ready to ask again. */
export async function freePort(): Promise<number> {
  for (let look = 0; look < LOOKS; look++) {
    const port = randomInt(LOWEST_PORT, PORT_AFTER_HIGHEST);
    if (await portIsFree(port, '127.0.0.1')) return port;
  }
  throw new Error(`no free port found in ${LOOKS} looks between ${LOWEST_PORT} and ${PORT_AFTER_HIGHEST - 1}`);
}

/** Whether this process could listen on the port now. */
export function portIsFree(port: number, host = '127.0.0.1'): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen({ port, host, exclusive: true }, () => server.close(() => resolve(true)));
  });
}
