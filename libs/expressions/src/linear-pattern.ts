import { parsePattern, type Piece } from './pattern-syntax';

/** A regular expression that takes time linear in the text, whatever it says: no state is visited twice at a place. */
export interface LinearPattern {
  /** Whether it is found anywhere in the text. */
  test(text: string): boolean;
  /** Steps that a character of a text costs at most. */
  readonly size: number;
}

const MAX_SIZE = 500;

type Instruction =
  | { readonly op: 'char'; readonly test: (point: number) => boolean }
  | { readonly op: 'split'; a: number; b: number }
  | { readonly op: 'assert'; readonly holds: (before: number, after: number) => boolean }
  | { readonly op: 'match' };

/** @throws Error with a sentence for who wrote the pattern, `at` in it */
export function linearPattern(pattern: string): LinearPattern {
  const program: Instruction[] = [];
  const emit = (instruction: Instruction): number => {
    if (program.length >= MAX_SIZE) throw new Error('the pattern is too large');
    return program.push(instruction) - 1;
  };
  const compile = (piece: Piece): void => {
    switch (piece.kind) {
      case 'char':
        emit({ op: 'char', test: piece.test });
        return;
      case 'assert':
        emit({ op: 'assert', holds: piece.holds });
        return;
      case 'sequence':
        piece.pieces.forEach(compile);
        return;
      case 'choice': {
        const ends: { op: 'split'; a: number; b: number }[] = [];
        piece.pieces.forEach((option, index) => {
          const last = index === piece.pieces.length - 1;
          const fork = last ? undefined : jump();
          compile(option);
          if (!last) ends.push(jump());
          if (fork) fork.b = program.length;
        });
        for (const end of ends) end.a = end.b = program.length;
        return;
      }
      case 'repeat': {
        for (let count = 0; count < piece.least; count += 1) compile(piece.piece);
        if (piece.most === Infinity) {
          const start = program.length;
          const fork = jump();
          compile(piece.piece);
          const back = jump();
          back.a = back.b = start;
          fork.b = program.length;
          return;
        }
        const forks = [];
        for (let count = piece.least; count < piece.most; count += 1) {
          forks.push(jump());
          compile(piece.piece);
        }
        for (const fork of forks) fork.b = program.length;
      }
    }
  };
  /** Goes on with the next instruction, or where `b` is set to. */
  const jump = () => {
    const split = { op: 'split' as const, a: 0, b: 0 };
    const at = emit(split);
    split.a = split.b = at + 1;
    return split;
  };
  compile(parsePattern(pattern));
  emit({ op: 'match' });
  return { size: program.length, test: (text) => found(program, text) };
}

const NOTHING = -1;

function found(program: readonly Instruction[], text: string): boolean {
  let now: number[] = [];
  let next: number[] = [];
  /** Where an instruction was last taken up. */
  const seen = new Int32Array(program.length).fill(-1);
  let before = NOTHING;
  for (let index = 0; ;) {
    const after = index < text.length ? text.codePointAt(index)! : NOTHING;
    // It may begin at each place.
    const open = [0, ...now.reverse()];
    now = [];
    for (let at = open.pop(); at !== undefined; at = open.pop()) {
      if (seen[at] === index) continue;
      seen[at] = index;
      const instruction = program[at]!;
      if (instruction.op === 'match') return true;
      if (instruction.op === 'char') now.push(at);
      else if (instruction.op === 'split') open.push(instruction.b, instruction.a);
      else if (instruction.holds(before, after)) open.push(at + 1);
    }
    if (after === NOTHING) return false;
    next = [];
    for (const at of now) {
      const instruction = program[at]!;
      if (instruction.op === 'char' && instruction.test(after)) next.push(at + 1);
    }
    now = next;
    before = after;
    index += after > 0xffff ? 2 : 1;
  }
}
