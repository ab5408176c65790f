import type { RawData, WebSocket } from 'ws';

/** Frames of a peer that hurries ahead; more are refused with the socket. */
const MAX_HELD_FRAMES = 64;
const CLOSE_POLICY = 1008;

export type HeldFrames = readonly [RawData, boolean][];

/** Keeps the frames of a socket until `release`. */
export function holdFrames(socket: WebSocket): { readonly early: HeldFrames; release(): void } {
  const early: [RawData, boolean][] = [];
  const keep = (data: RawData, isBinary: boolean) => {
    const held = early.push([data, isBinary]);
    if (held > MAX_HELD_FRAMES) socket.close(CLOSE_POLICY, 'too many frames before the welcome');
  };
  socket.on('message', keep);
  return { early, release: () => void socket.off('message', keep) };
}
