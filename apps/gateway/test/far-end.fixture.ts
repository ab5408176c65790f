import type { Duplex } from 'node:stream';
import { eventually } from '@ao/testing';
import type { WebSocket } from 'ws';

/** The far end of a socket: what it was sent, and how it ended. */
export class FarEnd<Frame extends { readonly type: string } = { readonly type: string } & Record<string, unknown>> {
  readonly frames: Frame[] = [];
  closed: { code: number; reason: string } | undefined;
  refused: number | undefined;

  constructor(readonly socket: WebSocket) {
    socket.on('message', (data) => this.frames.push(JSON.parse((data as Buffer).toString()) as Frame));
    socket.on('close', (code, reason) => (this.closed = { code, reason: reason.toString() }));
    socket.on('unexpected-response', (_request, response) => {
      this.refused = response.statusCode;
      response.resume();
    });
    socket.on('error', () => undefined);
  }

  send(frame: unknown): void {
    this.socket.send(typeof frame === 'string' || Buffer.isBuffer(frame) ? frame : JSON.stringify(frame));
  }

  /** Frames that the other end reads in one turn. */
  inOnePiece(frames: readonly object[]): void {
    const { _socket: stream } = this.socket as unknown as { _socket: Duplex };
    stream.cork();
    for (const frame of frames) this.send(frame);
    stream.uncork();
  }

  of(type: string): Frame[] {
    return this.frames.filter((frame) => frame.type === type);
  }

  /** The first frame of the type that fits, as soon as it is there. */
  frame(type: string, fits: (frame: Frame) => boolean = () => true): Promise<Frame> {
    return eventually(() => {
      const found = this.of(type).find(fits);
      if (!found)
        throw new Error(`no ${type} yet; there are ${JSON.stringify(this.frames)}, ${JSON.stringify(this.closed)}`);
      return found;
    });
  }

  ended(): Promise<{ code: number; reason: string }> {
    return eventually(() => {
      if (!this.closed) throw new Error('the socket is still open');
      return this.closed;
    });
  }
}
