/**
 * The part of RE2's syntax (https://github.com/google/re2/wiki/Syntax) that CEL's `matches` is used for: characters,
 * classes, `.`, groups, alternatives, repetitions, `^ $ \b \B`, and `(?i)`, `(?s)`, `(?m)` at the beginning.
 */
export type Piece =
  | { readonly kind: 'char'; readonly test: (point: number) => boolean }
  /** Of the characters on both sides; -1: there is none. */
  | { readonly kind: 'assert'; readonly holds: (before: number, after: number) => boolean }
  | { readonly kind: 'sequence' | 'choice'; readonly pieces: readonly Piece[] }
  | { readonly kind: 'repeat'; readonly piece: Piece; readonly least: number; readonly most: number };

type Test = (point: number) => boolean;

const MAX_REPEAT = 100;
const MAX_DEPTH = 20;
const NEWLINE = 10;

const digit: Test = (point) => point >= 48 && point <= 57;
const word: Test = (point) =>
  digit(point) || (point >= 65 && point <= 90) || (point >= 97 && point <= 122) || point === 95;
const space: Test = (point) => point === 32 || (point >= 9 && point <= 13 && point !== 11);
const not =
  (test: Test): Test =>
  (point) =>
    !test(point);
const CLASSES: Readonly<Record<string, Test>> = {
  ...{ d: digit, w: word, s: space, D: not(digit), W: not(word), S: not(space) },
};
const CONTROLS: Readonly<Record<string, number>> = { n: 10, t: 9, r: 13, f: 12, v: 11, a: 7 };

/** @throws Error with a sentence for who wrote it */
export function parsePattern(pattern: string): Piece {
  const points = Array.from(pattern);
  let at = 0;
  let flags = '';
  let depth = 0;

  const wrong = (why: string) => new Error(`${why} at ${at + 1} of the pattern`);
  const is = (character: string) => points[at] === character;
  const takes = (text: string) => {
    if (points.slice(at, at + text.length).join('') !== text) return false;
    at += text.length;
    return true;
  };

  const folded = (test: Test): Test => {
    if (!flags.includes('i')) return test;
    return (point) => {
      const character = String.fromCodePoint(point);
      return [character, character.toLowerCase(), character.toUpperCase()].some((each) => test(each.codePointAt(0)!));
    };
  };
  const exactly = (point: number): Piece => ({ kind: 'char', test: folded((other) => other === point) });

  function choice(): Piece {
    const pieces = [sequence()];
    while (takes('|')) pieces.push(sequence());
    return pieces.length === 1 ? pieces[0]! : { kind: 'choice', pieces };
  }

  function sequence(): Piece {
    const pieces: Piece[] = [];
    while (at < points.length && !is('|') && !is(')')) pieces.push(repeated(single()));
    return { kind: 'sequence', pieces };
  }

  function repeated(piece: Piece): Piece {
    const bounds = /^(?:([*+?])|\{(\d{1,3})(,?)(\d{1,3})?\})\??/.exec(points.slice(at, at + 12).join(''));
    if (!bounds) return piece;
    const [whole, sign, from, comma, to] = bounds;
    if (piece.kind === 'assert') throw wrong('nothing can be repeated');
    at += whole.length;
    if (/^[*+?]/.test(points[at] ?? '') || /^\{\d/.test(points.slice(at, at + 2).join('')))
      throw wrong('a repetition is repeated');
    if (sign) return { kind: 'repeat', piece, least: sign === '+' ? 1 : 0, most: sign === '?' ? 1 : Infinity };
    const least = Number(from);
    const most = comma ? (to === undefined ? Infinity : Number(to)) : least;
    if (least > MAX_REPEAT || (most > MAX_REPEAT && most !== Infinity) || most < least)
      throw wrong(`a repetition must be of 0 to ${MAX_REPEAT}`);
    return { kind: 'repeat', piece, least, most };
  }

  function single(): Piece {
    const character = points[at]!;
    if ('*+?'.includes(character)) throw wrong('nothing can be repeated');
    at += 1;
    switch (character) {
      case '.':
        return { kind: 'char', test: flags.includes('s') ? () => true : (point) => point !== NEWLINE };
      case '^':
        return { kind: 'assert', holds: (before) => before < 0 || (flags.includes('m') && before === NEWLINE) };
      case '$':
        return { kind: 'assert', holds: (_, after) => after < 0 || (flags.includes('m') && after === NEWLINE) };
      case '(':
        return group();
      case '[':
        return { kind: 'char', test: folded(characterClass()) };
      case '\\':
        return escaped();
      default:
        return exactly(character.codePointAt(0)!);
    }
  }

  function group(): Piece {
    if (is('?') && !takes('?:')) throw wrong('only groups (…) and (?:…) are known');
    if ((depth += 1) > MAX_DEPTH) throw wrong('groups are nested too deeply');
    const piece = choice();
    depth -= 1;
    if (!takes(')')) throw wrong('a group is not closed');
    return piece;
  }

  function escaped(): Piece {
    if (takes('b')) return { kind: 'assert', holds: (before, after) => word(before) !== word(after) };
    if (takes('B')) return { kind: 'assert', holds: (before, after) => word(before) === word(after) };
    const escape = escapeOf();
    return typeof escape === 'number' ? exactly(escape) : { kind: 'char', test: escape };
  }

  /** What follows a backslash, in a class or outside of it. */
  function escapeOf(): number | Test {
    const character = points[at] ?? '';
    const hex = /^x(?:([0-9a-fA-F]{2})|\{([0-9a-fA-F]{1,6})\})/.exec(points.slice(at, at + 9).join(''));
    const known = CLASSES[character] ?? CONTROLS[character];
    if (hex) {
      at += hex[0].length;
      const point = parseInt(hex[1] ?? hex[2]!, 16);
      if (point > 0x10ffff) throw wrong('there is no such character');
      return point;
    }
    if (known === undefined && (character === '' || /[0-9a-zA-Z]/.test(character)))
      throw wrong(`\\${character} is not known`);
    at += 1;
    return known ?? character.codePointAt(0)!;
  }

  function characterClass(): Test {
    const negated = takes('^');
    const tests: Test[] = [];
    for (let first = true; first || !is(']'); first = false) {
      if (at >= points.length) throw wrong('a class is not closed');
      if (is('[') && points[at + 1] === ':') throw wrong('classes such as [:alpha:] are not known');
      const from = member();
      if (typeof from !== 'number') {
        tests.push(from);
        continue;
      }
      if (!is('-') || points[at + 1] === ']' || points[at + 1] === undefined) {
        tests.push((point) => point === from);
        continue;
      }
      at += 1;
      const to = member();
      if (typeof to !== 'number' || to < from) throw wrong('a range must go upwards');
      tests.push((point) => point >= from && point <= to);
    }
    at += 1;
    const any: Test = (point) => tests.some((test) => test(point));
    return negated ? not(flags.includes('i') ? folded(any) : any) : any;
  }

  function member(): number | Test {
    if (takes('\\')) return escapeOf();
    at += 1;
    return points[at - 1]!.codePointAt(0)!;
  }

  const leading = /^\(\?([ism]+)\)/.exec(pattern);
  if (leading) {
    flags = leading[1]!;
    at = leading[0].length;
  }
  const piece = choice();
  if (at < points.length) throw wrong('a group is closed that was not opened');
  return piece;
}
