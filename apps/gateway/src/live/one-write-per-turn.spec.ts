import { Duplex } from 'node:stream';
import { oneWritePerTurn } from './one-write-per-turn';

const turn = () => new Promise((resolve) => setImmediate(resolve));

describe('one write per turn', () => {
  function recorded() {
    const writes: string[][] = [];
    const stream = new Duplex({
      read: () => undefined,
      write: (chunk: Buffer, _encoding, done) => {
        writes.push([chunk.toString()]);
        done();
      },
      writev: (chunks, done) => {
        writes.push(chunks.map(({ chunk }) => (chunk as Buffer).toString()));
        done();
      },
    });
    const gather = oneWritePerTurn(stream);
    const write = (text: string) => {
      gather();
      // As `ws` does for the head and the body of a frame.
      stream.cork();
      stream.write(text);
      stream.uncork();
    };
    return { stream, writes, write, gather };
  }

  it('should gather what one turn writes, in order, and hold nothing back longer', async () => {
    const { writes, write } = recorded();
    write('a');
    await Promise.resolve();
    write('b');
    expect(writes).toEqual([]);
    await turn();
    expect(writes).toEqual([['a', 'b']]);
    write('c');
    await turn();
    expect(writes).toEqual([['a', 'b'], ['c']]);
  });

  it('should leave a stream that is gone alone', async () => {
    const { stream, gather } = recorded();
    stream.destroy();
    gather();
    await turn();
    expect(stream.writableCorked).toBe(0);
  });
});
