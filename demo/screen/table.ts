/** A table in plain text: numbers to the right, cells cut to `most` characters, control characters shown as dots. */
export function table(heads: readonly string[], rows: readonly (readonly (string | number)[])[], most = 48): string {
  const cells = rows.map((row) => row.map((cell) => cut(printable(String(cell)), most)));
  const widths = heads.map((head, column) =>
    cells.reduce((width, row) => Math.max(width, [...(row[column] ?? '')].length), head.length),
  );
  const line = (row: readonly string[], numeric: readonly boolean[]) =>
    `  ${row.map((cell, column) => pad(cell, widths[column] ?? 0, numeric[column] ?? false)).join('  ')}`.trimEnd();
  const numeric = heads.map((_head, column) => rows.length > 0 && rows.every((row) => typeof row[column] === 'number'));
  const rule = widths.map((width) => '─'.repeat(width));
  return [line(heads, numeric), line(rule, []), ...cells.map((row) => line(row, numeric))].join('\n');
}

function pad(cell: string, width: number, right: boolean): string {
  const gap = ' '.repeat(Math.max(0, width - [...cell].length));
  return right ? gap + cell : cell + gap;
}

function cut(text: string, most: number): string {
  const characters = [...text];
  return characters.length <= most ? text : `${characters.slice(0, most - 1).join('')}…`;
}

/** A file name may hold escape sequences; a terminal must not obey them. */
export function printable(text: string): string {
  return text.replace(/[\u0000-\u001f\u007f-\u009f]/g, '·');
}
