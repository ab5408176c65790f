import type { dictionary as Dictionary } from '@zxcvbn-ts/language-common';

let known: ReadonlySet<string> | undefined;

/** Some 49,000 passwords of leaks, most used first. Read when it is first asked for: it takes a few megabytes. */
function commonPasswords(): ReadonlySet<string> {
  if (!known) {
    // eslint-disable-next-line @typescript-eslint/no-require-imports
    const { dictionary } = require('@zxcvbn-ts/language-common') as { dictionary: typeof Dictionary };
    known = new Set(dictionary['passwords'] as readonly string[]);
  }
  return known;
}

/** Whether it is among the passwords that are tried first, in whatever case, or a common or short one several times over. */
export function isCommonPassword(password: string): boolean {
  const text = password.toLowerCase();
  const unit = repeatedUnit(text);
  return commonPasswords().has(text) || (unit !== undefined && (unit.length <= 4 || commonPasswords().has(unit)));
}

/** What the text is a repetition of, or undefined. */
function repeatedUnit(text: string): string | undefined {
  const length = (text + text).indexOf(text, 1);
  return length < text.length ? text.slice(0, length) : undefined;
}
