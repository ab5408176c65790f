const ESCAPES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** Text as HTML shows it, in content and in quoted attributes. */
export function escape(text: unknown): string {
  // Control characters are legal in file names and mean nothing in HTML.
  return String(text)
    .replace(/[&<>"']/g, (char) => ESCAPES[char] ?? char)
    .replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f]/g, '\uFFFD');
}

/** A template whose values are escaped, unless they come from `html` themselves. */
export function html(parts: TemplateStringsArray, ...values: readonly (Html | Html[] | string | number)[]): Html {
  const text = parts.reduce((before, part, index) => before + shown(values[index - 1]) + part);
  return new Html(text);
}

export class Html {
  constructor(readonly text: string) {}
}

function shown(value: Html | Html[] | string | number | undefined): string {
  if (value instanceof Html) return value.text;
  if (Array.isArray(value)) return value.map(({ text }) => text).join('');
  return escape(value);
}
