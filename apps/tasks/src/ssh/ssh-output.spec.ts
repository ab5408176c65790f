import { SshOutput } from './ssh-output';

function outputOf(maxBytes = 1_000_000) {
  const lines: string[] = [];
  const write = (entries: { level: string; message: string }[]) => {
    lines.push(...entries.map(({ level, message }) => `${level} ${message}`));
  };
  return { lines, output: new SshOutput({ maxBytes, write }) };
}

describe('what a command writes', () => {
  it('should be lines in the log however it is cut, and text in the result', () => {
    const { lines, output } = outputOf();
    for (const part of ['one\ntw', 'o\r\n\nthr']) output.take('stdout', Buffer.from(part));
    output.take('stderr', Buffer.from('oh no\n'));
    expect(lines).toEqual(['info one', 'info two', 'info ', 'warn oh no']);
    output.end();
    expect(lines.slice(4)).toEqual(['info thr']);
    expect(output.result()).toEqual({
      ...{ stdout: 'one\ntwo\r\n\nthr', stderr: 'oh no\n', stdout_bytes: 13, stderr_bytes: 6, truncated: false },
    });
  });

  it('should be text whatever its bytes are', () => {
    const { lines, output } = outputOf();
    const bytes = Buffer.from('grün\n');
    output.take('stdout', bytes.subarray(0, 3));
    output.take('stdout', bytes.subarray(3));
    output.take('stdout', Buffer.from([0x61, 0x00, 0xff, 0x0a]));
    expect(lines).toEqual(['info grün', 'info a\ufffd\ufffd']);
  });

  it('should be kept to the bound and counted beyond it', () => {
    const { lines, output } = outputOf(10);
    output.take('stdout', Buffer.from('123456\n'));
    output.take('stderr', Buffer.from('abcdef\n'));
    output.take('stdout', Buffer.from('more'));
    output.end();
    expect(lines).toEqual(['info 123456', 'warn abc']);
    expect(output.result()).toEqual({
      ...{ stdout: '123456\n', stderr: 'abc', stdout_bytes: 11, stderr_bytes: 7, truncated: true },
    });
  });

  it('should leave a result that an event can hold, whatever is written', () => {
    for (const text of ['x', '\u0001', '\ud83d\ude00', '\n', '"']) {
      const { lines, output } = outputOf();
      for (const stream of ['stdout', 'stderr'] as const) output.take(stream, Buffer.from(text.repeat(100_000)));
      output.end();
      const result = output.result();
      expect(result.truncated).toBe(true);
      expect(Buffer.byteLength(JSON.stringify(result))).toBeLessThan(40_000);
      expect(result.stdout.isWellFormed()).toBe(true);
      expect(lines.length).toBeLessThanOrEqual(10_000);
      expect(lines.every((line) => line.length < 8_192)).toBe(true);
    }
  });

  it('should be all there in a line longer than an entry', () => {
    const { lines, output } = outputOf();
    const long = 'abc'.repeat(10_000);
    output.take('stdout', Buffer.from(`${long}\n`));
    expect(lines.map((line) => line.slice('info '.length)).join('')).toBe(long);
  });
});
