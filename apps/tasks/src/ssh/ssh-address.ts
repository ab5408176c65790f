import { lookup } from 'node:dns/promises';
import { connect, isIP, type Socket } from 'node:net';
import type { IsDenied } from './denied-networks';
import { SshFailure } from './ssh-failure';

export interface Endpoint {
  readonly hostname: string;
  readonly port: number;
}

/**
 * A connected socket. Every address that the name stands for is judged, and the one that was judged is the one that is
 * connected to: a name that means another address a moment later gains nothing.
 * @throws SshFailure
 */
export async function connectTo({ hostname, port }: Endpoint, isDenied: IsDenied, timeoutMs: number): Promise<Socket> {
  const started = performance.now();
  const addresses = await addressesOf(hostname, timeoutMs);
  if (addresses.some(isDenied)) throw denied();
  const left = () => Math.max(1, timeoutMs - (performance.now() - started));
  let failure = new SshFailure('host_unknown', 'This name has no address');
  for (const [index, address] of addresses.entries()) {
    try {
      const socket = await connected(address, port, left() / (addresses.length - index));
      if (!isDenied(socket.remoteAddress ?? '')) return socket;
      socket.destroy();
      throw denied();
    } catch (error) {
      failure = error as SshFailure;
    }
  }
  throw failure;
}

async function addressesOf(hostname: string, timeoutMs: number): Promise<string[]> {
  if (isIP(hostname) !== 0) return [hostname];
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new SshFailure('connect_timeout', 'No name server answered in time')), timeoutMs);
  });
  try {
    const found = await Promise.race([lookup(hostname, { all: true, verbatim: true }), late]);
    return found.map(({ address }) => address);
  } catch (error) {
    if (error instanceof SshFailure) throw error;
    throw new SshFailure('host_unknown', 'This name has no address');
  } finally {
    clearTimeout(timer);
  }
}

function connected(address: string, port: number, timeoutMs: number): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host: address, port, noDelay: true, keepAlive: true });
    const end = (failure: SshFailure) => {
      clearTimeout(timer);
      socket.destroy();
      reject(failure);
    };
    const timer = setTimeout(
      () => end(new SshFailure('connect_timeout', 'The host did not answer in time')),
      timeoutMs,
    );
    socket.once('error', ({ code }: NodeJS.ErrnoException) => {
      const why = code === 'ECONNREFUSED' ? 'Nothing listens at this port' : 'There is no way to this host';
      end(new SshFailure('host_unreachable', why));
    });
    socket.once('connect', () => {
      clearTimeout(timer);
      socket.removeAllListeners('error');
      resolve(socket);
    });
  });
}

function denied(): SshFailure {
  return new SshFailure('address_denied', 'The settings of this installation deny connections to this address');
}
