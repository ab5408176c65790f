import { refusal, type CelError } from './cel';

/** Text as it stands, or an expression and where it begins. */
export type Piece = string | { readonly expression: string; readonly offset: number };

/** The pieces of a text in which `${{ expression }}` stands for the expression's value; none of them is empty text. */
export function piecesOf(text: string): readonly Piece[] | CelError {
  const pieces: Piece[] = [];
  let end = 0;
  for (let start = text.indexOf('${{'); start >= 0; start = text.indexOf('${{', end)) {
    if (start > end) pieces.push(text.slice(end, start));
    const close = closeOf(text, start + 3);
    if (close === undefined) return refusal('${{ is not closed by }}', text, start);
    pieces.push({ expression: text.slice(start + 3, close), offset: start + 3 });
    end = close + 2;
  }
  if (end < text.length) pieces.push(text.slice(end));
  return pieces;
}

/** Texts of CEL, and braces. */
const TOKENS = /"""(\\[^]|[^\\])*?"""|'''(\\[^]|[^\\])*?'''|"(\\.|[^"\\\n])*"|'(\\.|[^'\\\n])*'|[{}]/g;

/** Where the `}}` stands that closes an expression: not one within a text or of a map's. */
function closeOf(text: string, from: number): number | undefined {
  TOKENS.lastIndex = from;
  let depth = 0;
  for (let token = TOKENS.exec(text); token; token = TOKENS.exec(text)) {
    if (token[0] === '{') depth += 1;
    else if (token[0] === '}' && depth > 0) depth -= 1;
    else if (token[0] === '}' && text[token.index + 1] === '}') return token.index;
  }
  return undefined;
}
