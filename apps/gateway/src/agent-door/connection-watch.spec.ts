import { EventEmitter } from 'node:events';
import type { TLSSocket } from 'node:tls';
import type { Principal } from '../http/principal';
import { ConnectionWatch } from './connection-watch';

class Connection extends EventEmitter {
  destroyed = false;

  destroy(): void {
    this.destroyed = true;
    this.emit('close');
  }

  get socket(): TLSSocket {
    return this as unknown as TLSSocket;
  }
}

describe('the watch over connections', () => {
  let good: boolean;
  let judged: number;
  let watch: ConnectionWatch;
  const proven = () => {
    judged += 1;
    return good ? ({} as Principal) : undefined;
  };

  beforeEach(() => {
    jest.useFakeTimers();
    [good, judged] = [true, 0];
    watch = new ConnectionWatch();
  });
  afterEach(() => {
    watch.stop();
    jest.useRealTimers();
  });

  it('should cut off what is not good any more: at once when told, and by itself when time ends it', () => {
    const [told, timed] = [new Connection(), new Connection()];
    watch.add(told.socket, proven);
    jest.advanceTimersByTime(2_000);
    expect(told.destroyed).toBe(false);
    good = false;
    watch.look();
    jest.advanceTimersByTime(50);
    expect(told.destroyed).toBe(true);
    watch.add(timed.socket, proven);
    jest.advanceTimersByTime(1_000);
    expect(timed.destroyed).toBe(true);
  });

  it('should look once for many changes, and not at what is closed', () => {
    watch.add(new Connection().socket, proven);
    for (let n = 0; n < 100; n += 1) watch.look();
    jest.advanceTimersByTime(60);
    expect(judged).toBe(1);
    const closed = new Connection();
    closed.destroy();
    watch.add(closed.socket, proven);
    jest.advanceTimersByTime(940);
    expect(judged).toBe(2);
  });

  it('should leave to others what was handed over, before or after it was proved', () => {
    const [before, after] = [new Connection(), new Connection()];
    watch.release(before.socket);
    for (const { socket } of [before, after]) watch.add(socket, proven);
    watch.release(after.socket);
    good = false;
    jest.advanceTimersByTime(2_000);
    expect([before.destroyed, after.destroyed]).toEqual([false, false]);
  });
});
