import type { WebSocket } from 'ws';
import type { Proven } from '../access/resolver';
import { ChangeWatch } from './change-watch';

export interface Watched {
  readonly address: string;
  readonly proven: Proven;
  /** Whose socket it is, once that is known. */
  readonly agentId?: string;
}

/** Judges open sockets again whenever something changed, and every second: a credential is asked for only when they open. */
export class SocketWatch {
  private readonly sockets = new Map<WebSocket, Watched>();
  private readonly watch = new ChangeWatch(() => this.look());

  /** `judge`: the code to close a socket with, undefined while it may stay. */
  constructor(private readonly judge: (watched: Watched) => number | undefined) {}

  add(socket: WebSocket, watched: Watched): void {
    this.sockets.set(socket, watched);
    socket.once('close', () => this.sockets.delete(socket));
  }

  /** Something changed: soon. */
  changed(): void {
    this.watch.changed();
  }

  stop(): void {
    this.watch.stop();
    this.sockets.clear();
  }

  private look(): void {
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
