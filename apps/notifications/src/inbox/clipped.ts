/** Of what people are told: the longest that is kept. */
export const MAX_SUBJECT = 300;

/** A text that is kept: well-formed, without NUL, and no longer than `max` characters, the last of which then is `…`. */
export function clipped(text: string, max: number): string {
  const clean = text.replaceAll('\u0000', '').toWellFormed().normalize('NFC');
  if (clean.length <= max) return clean;
  // What is cut in the middle of a character would be ill-formed again.
  return `${clean.slice(0, max - 1).replace(/[\ud800-\udbff]$/, '')}…`;
}

/** The same on one line: for subjects, where a line break would begin another header. */
export function clippedLine(text: string, max: number): string {
  return clipped(text.replace(/[\s\p{Cc}]+/gu, ' ').trim(), max);
}
