import type { TLSSocket } from 'node:tls';
import type { Proven } from '../access/resolver';

/** Time ends certificates too, and no event tells of that. */
const LOOK_EVERY_MS = 1_000;
/** Many changes in a row are one look. */
const SOON_MS = 50;

/** Cuts connections off whose certificate is not good any more: it was looked at only when they were made. */
export class ConnectionWatch {
  private readonly open = new Map<TLSSocket, Proven>();
  private readonly released = new WeakSet<TLSSocket>();
  private readonly every = setInterval(() => this.lookNow(), LOOK_EVERY_MS).unref();
  private soon: NodeJS.Timeout | undefined;

  add(socket: TLSSocket, proven: Proven): void {
    if (socket.destroyed || this.released.has(socket)) return;
    this.open.set(socket, proven);
    socket.once('close', () => this.open.delete(socket));
  }

  /** Somebody else sees to it from now on, even if its certificate is proved only later. */
  release(socket: TLSSocket): void {
    this.released.add(socket);
    this.open.delete(socket);
  }

  look(): void {
    this.soon ??= setTimeout(() => this.lookNow(), SOON_MS).unref();
  }

  stop(): void {
    clearInterval(this.every);
    clearTimeout(this.soon);
    this.open.clear();
  }

  private lookNow(): void {
    clearTimeout(this.soon);
    this.soon = undefined;
    for (const [socket, proven] of this.open) if (!proven()) socket.destroy();
  }
}
