import type { WebSocket } from 'ws';
import type { Proven } from '../access/resolver';

export interface Watched {
  readonly address: string;
  readonly proven: Proven;
  /** Whose socket it is, once that is known. */
  readonly agentId?: string;
}

/** Time ends credentials too, and no event tells of that. */
const LOOK_EVERY_MS = 1_000;
/** Many changes in a row are one look. */
const SOON_MS = 100;

/** Judges open sockets again whenever something changed, and every second: a credential is asked for only when they open. */
export class SocketWatch {
  private readonly sockets = new Map<WebSocket, Watched>();
  private readonly every: NodeJS.Timeout;
  private soon: NodeJS.Timeout | undefined;

  /** `judge`: the code to close a socket with, undefined while it may stay. */
  constructor(private readonly judge: (watched: Watched) => number | undefined) {
    this.every = setInterval(() => this.lookNow(), LOOK_EVERY_MS).unref();
  }

  add(socket: WebSocket, watched: Watched): void {
    this.sockets.set(socket, watched);
    socket.once('close', () => this.sockets.delete(socket));
  }

  /** Soon. */
  look(): void {
    this.soon ??= setTimeout(() => this.lookNow(), SOON_MS).unref();
  }

  stop(): void {
    clearInterval(this.every);
    clearTimeout(this.soon);
    this.sockets.clear();
  }

  private lookNow(): void {
    clearTimeout(this.soon);
    this.soon = undefined;
    for (const [socket, watched] of this.sockets) {
      const code = this.judge(watched);
      if (code === undefined) continue;
      this.sockets.delete(socket);
      socket.close(code, 'what was let in is not valid any more');
      // Whoever does not answer the close is cut off.
      setTimeout(() => socket.terminate(), 1_000).unref();
    }
  }
}
