import { Progress } from './progress';
import { printable, table } from './table';

function output(isTTY: boolean) {
  const written: string[] = [];
  const out = { isTTY, columns: 80, write: (text: string) => written.push(text) > 0 };
  return { out, text: () => written.join('') };
}

describe('Progress', () => {
  it('should write plain lines, one per quarter, where there is no terminal', () => {
    const { out, text } = output(false);
    const progress = new Progress(out as never);
    progress.expect('extract', 8);
    for (let n = 0; n < 8; n += 1) progress.advance('extract');
    progress.say('hello');
    progress.finish();
    const lines = text().trimEnd().split('\n');
    expect(lines).toHaveLength(5);
    expect(lines[0]).toContain('2/8');
    expect(lines[3]).toContain('8/8');
    expect(text()).not.toContain('\u001b');
  });

  it('should redraw its bars below the lines said meanwhile on a terminal', () => {
    const { out, text } = output(true);
    const progress = new Progress(out as never);
    progress.expect('extract', 2);
    progress.expect('count', 0);
    progress.say('first');
    progress.advance('extract');
    progress.say('second');
    progress.finish();
    expect(text()).toMatch(
      /^first\n {2}extract .*0\/2\n {2}count .*0\/0\n\u001b\[2A\u001b\[0Jsecond\n {2}extract .*1\/2/,
    );
  });
});

describe('table', () => {
  it('should align columns, numbers to the right, and cut long cells', () => {
    expect(
      table(
        ['file', 'words'],
        [
          ['a.md', 12],
          ['much-too-long.md', 3],
        ],
        8,
      ),
    ).toBe(['  file      words', '  ────────  ─────', '  a.md         12', '  much-to…      3'].join('\n'));
    expect(table(['file'], [])).toContain('file');
  });

  it('should not pass escape sequences on to the terminal', () => {
    expect(printable('a\u001b[31mb\n')).toBe('a·[31mb·');
  });
});
