import { isUtf8 } from 'node:buffer';

/** What a file turned out to be. */
export type Decoded =
  | { readonly kind: 'text'; readonly text: string; readonly encoding: string }
  | { readonly kind: 'binary'; readonly why: string };

const BYTE_ORDER_MARKS: readonly (readonly [encoding: string, bytes: readonly number[]])[] = [
  ['utf-8', [0xef, 0xbb, 0xbf]],
  ['utf-16le', [0xff, 0xfe]],
  ['utf-16be', [0xfe, 0xff]],
];

/** Beginnings of formats that are no text, whatever their bytes look like. */
const SIGNATURES: readonly (readonly [format: string, bytes: string])[] = [
  ['PNG image', '\x89PNG'],
  ['JPEG image', '\xff\xd8\xff'],
  ['GIF image', 'GIF8'],
  ['PDF document', '%PDF-'],
  ['ZIP archive', 'PK\x03\x04'],
  ['gzip archive', '\x1f\x8b'],
  ['ELF program', '\x7fELF'],
];

/**
 * The text of a file's bytes, whichever of the usual encodings it is in: a byte order mark decides, then UTF-16 without
 * one (every other byte is zero), then UTF-8, and what is not valid UTF-8 is read as Windows-1252, the superset of
 * Latin-1 that old Western files are in. `cut`: the bytes end in mid-file, so a torn last character is dropped.
 */
export function decode(bytes: Buffer, { cut = false }: { cut?: boolean } = {}): Decoded {
  const head = bytes.subarray(0, 8).toString('latin1');
  const signature = SIGNATURES.find(([, start]) => head.startsWith(start));
  if (signature) return { kind: 'binary', why: signature[0] };

  const marked = BYTE_ORDER_MARKS.find(([, mark]) => mark.every((byte, index) => bytes[index] === byte));
  if (marked) return text(bytes, marked[0], cut);

  const wide = wideEncoding(bytes);
  if (wide) return text(bytes, wide, cut);
  if (bytes.includes(0)) return { kind: 'binary', why: 'holds NUL bytes' };
  if (controlShare(bytes) > 0.02) return { kind: 'binary', why: 'mostly control characters' };

  const whole = cut ? withoutTornCharacter(bytes) : bytes;
  if (isUtf8(whole)) return text(whole, 'utf-8', false);
  return { kind: 'text', text: fromWindows1252(whole), encoding: 'windows-1252' };
}

/** What Windows-1252 has at 0x80 to 0x9F, where Latin-1 has control characters. */
const WINDOWS_1252 = '€\u0081‚ƒ„…†‡ˆ‰Š‹Œ\u008dŽ\u008f\u0090‘’“”•–—˜™š›œ\u009džŸ';

/** By hand: TextDecoder of Node 20 reads windows-1252 as Latin-1 (https://github.com/nodejs/node/issues/56542). */
function fromWindows1252(bytes: Buffer): string {
  return bytes
    .toString('latin1')
    .replace(/[\u0080-\u009f]/g, (char) => WINDOWS_1252[char.charCodeAt(0) - 0x80] ?? char);
}

function text(bytes: Buffer, encoding: string, cut: boolean): Decoded {
  // `stream` keeps an incomplete last character back instead of replacing it.
  const decoded = new TextDecoder(encoding).decode(bytes, { stream: cut });
  return { kind: 'text', text: decoded.toWellFormed(), encoding };
}

/** UTF-16 of mostly Western text has a zero in every other byte. */
function wideEncoding(bytes: Buffer): string | undefined {
  const sample = bytes.subarray(0, 4_096);
  if (sample.length < 4) return undefined;
  const zeros = [0, 0];
  for (let index = 0; index < sample.length; index += 1) if (sample[index] === 0) zeros[index % 2]! += 1;
  const half = sample.length / 2;
  if (zeros[1]! / half > 0.7 && zeros[0]! / half < 0.05) return 'utf-16le';
  if (zeros[0]! / half > 0.7 && zeros[1]! / half < 0.05) return 'utf-16be';
  return undefined;
}

function controlShare(bytes: Buffer): number {
  const sample = bytes.subarray(0, 65_536);
  if (sample.length === 0) return 0;
  let controls = 0;
  for (const byte of sample) if (byte < 9 || (byte > 13 && byte < 32 && byte !== 27)) controls += 1;
  return controls / sample.length;
}

/** Up to three bytes at the end may be the beginning of a character whose rest was cut off. */
function withoutTornCharacter(bytes: Buffer): Buffer {
  for (let back = 1; back <= Math.min(3, bytes.length); back += 1) {
    const byte = bytes[bytes.length - back]!;
    if (byte < 0x80) return bytes;
    if (byte >= 0xc0) {
      const length = byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : 2;
      return length > back ? bytes.subarray(0, bytes.length - back) : bytes;
    }
  }
  return bytes;
}

/** What people read of an HTML page. Other text is taken as it is. */
export function readableText(raw: string, fileName: string): string {
  if (!/\.(x?html?|svg|xml)$/i.test(fileName)) return raw;
  return raw
    .replace(/<(script|style)\b[\s\S]*?<\/\1\s*>/gi, ' ')
    .replace(/<!--[\s\S]*?-->/g, ' ')
    .replace(/<[^>]{0,10000}>/g, ' ')
    .replace(/&(nbsp|amp|lt|gt|quot|#39|apos);/g, (_match, name: string) => ENTITIES[name] ?? ' ');
}

const ENTITIES: Record<string, string> = { nbsp: ' ', amp: '&', lt: '<', gt: '>', quot: '"', '#39': "'", apos: "'" };
