/**
 * As much of DER (X.690) as certificates, requests and revocation lists need. What is read comes from strangers: lengths are
 * checked, only definite ones in their shortest form are read, and nesting costs no recursion.
 */

export const TAG = {
  boolean: 0x01,
  integer: 0x02,
  bits: 0x03,
  octets: 0x04,
  null: 0x05,
  oid: 0x06,
  enumerated: 0x0a,
  utf8: 0x0c,
  printable: 0x13,
  ia5: 0x16,
  utcTime: 0x17,
  generalizedTime: 0x18,
  sequence: 0x30,
  set: 0x31,
} as const;

/** `[n]` around what is constructed, or in place of a primitive's tag. */
export const contextTag = (number: number, constructed: boolean) => (constructed ? 0xa0 : 0x80) | number;

/** One value: its tag, its content, and both with the length between as they stood. */
export interface Der {
  readonly tag: number;
  readonly content: Buffer;
  readonly whole: Buffer;
}

/** It is not the DER that is expected here. */
export class DerError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'DerError';
  }
}

export function encode(tag: number, ...contents: readonly Uint8Array[]): Buffer {
  const content = Buffer.concat(contents);
  return Buffer.concat([Buffer.from([tag]), lengthOf(content.length), content]);
}

export const sequence = (...items: readonly Uint8Array[]) => encode(TAG.sequence, ...items);
export const set = (...items: readonly Uint8Array[]) => encode(TAG.set, ...items);
export const octets = (content: Uint8Array) => encode(TAG.octets, content);
export const boolean = (value: boolean) => encode(TAG.boolean, Buffer.from([value ? 0xff : 0]));
export const utf8 = (text: string) => encode(TAG.utf8, Buffer.from(text));
export const context = (number: number, ...contents: readonly Uint8Array[]) =>
  encode(contextTag(number, true), ...contents);
export const contextPrimitive = (number: number, content: Uint8Array) => encode(contextTag(number, false), content);

/** A whole number, not negative, from its bytes (big-endian) or as a safe integer. */
export function integer(value: Buffer | number): Buffer {
  const bytes = typeof value === 'number' ? bytesOf(value) : value;
  let from = 0;
  while (from < bytes.length - 1 && bytes[from] === 0) from += 1;
  const shortest = bytes.subarray(from);
  return encode(TAG.integer, (shortest[0] ?? 0) >= 0x80 ? Buffer.concat([Buffer.from([0]), shortest]) : shortest);
}

/** Bits; `unused` at the end of the last byte are not part of them. */
export const bits = (content: Uint8Array, unused = 0) => encode(TAG.bits, Buffer.from([unused]), content);

export function oid(dotted: string): Buffer {
  const [first = 0, second = 0, ...rest] = dotted.split('.').map(Number);
  const bytes = [first * 40 + second, ...rest].flatMap((arc) => {
    const septets = [arc % 128];
    for (let left = Math.floor(arc / 128); left > 0; left = Math.floor(left / 128))
      septets.unshift((left % 128) | 0x80);
    return septets;
  });
  return encode(TAG.oid, Buffer.from(bytes));
}

/** As RFC 5280 wants it: UTCTime until 2049, GeneralizedTime after. Whole seconds. */
export function time(unixMs: number): Buffer {
  const digits = new Date(unixMs).toISOString().replaceAll(/[-:T]|\.\d+/g, '');
  return Number(digits.slice(0, 4)) < 2050
    ? encode(TAG.utcTime, Buffer.from(digits.slice(2)))
    : encode(TAG.generalizedTime, Buffer.from(digits));
}

/** The one value that the bytes are. @throws DerError */
export function decode(bytes: Buffer): Der {
  const der = decodeAt(bytes, 0);
  if (der.whole.length !== bytes.length) throw new DerError('there is something after its end');
  return der;
}

/** The values that a constructed one holds. @throws DerError */
export function childrenOf(der: Der): Der[] {
  if ((der.tag & 0x20) === 0) throw new DerError('a constructed value is expected');
  const children: Der[] = [];
  for (let at = 0; at < der.content.length;) {
    const child = decodeAt(der.content, at);
    children.push(child);
    at += child.whole.length;
  }
  return children;
}

/** The children of a value that has this tag. @throws DerError */
export function childrenIn(der: Der | undefined, tag: number): Der[] {
  return childrenOf(expected(der, tag));
}

/** @throws DerError unless there is a value and it has this tag */
export function expected(der: Der | undefined, tag: number): Der {
  if (der?.tag !== tag) throw new DerError(`a value with the tag ${tag} is expected`);
  return der;
}

/** Dotted. @throws DerError */
export function oidIn(der: Der | undefined): string {
  const { content } = expected(der, TAG.oid);
  const arcs: number[] = [];
  let arc = 0;
  for (const byte of content) {
    arc = arc * 128 + (byte & 0x7f);
    if (!Number.isSafeInteger(arc)) throw new DerError('an object identifier is too long');
    if ((byte & 0x80) !== 0) continue;
    arcs.push(arc);
    arc = 0;
  }
  const [first = 0, ...rest] = arcs;
  const top = Math.min(2, Math.floor(first / 40));
  return [top, first - top * 40, ...rest].join('.');
}

/** The bytes of a bit string that fills them. @throws DerError */
export function bitsIn(der: Der | undefined): Buffer {
  const { content } = expected(der, TAG.bits);
  if (content[0] !== 0) throw new DerError('a bit string of whole bytes is expected');
  return content.subarray(1);
}

function decodeAt(bytes: Buffer, at: number): Der {
  const tag = bytes[at];
  const first = bytes[at + 1];
  if (tag === undefined || first === undefined) throw new DerError('it ends too early');
  if ((tag & 0x1f) === 0x1f) throw new DerError('it has a tag of several bytes');
  let length = first;
  let start = at + 2;
  if (first >= 0x80) {
    const count = first & 0x7f;
    if (count === 0 || count > 4) throw new DerError('it has a length that DER does not allow');
    if (start + count > bytes.length) throw new DerError('it ends too early');
    length = bytes.readUIntBE(start, count);
    start += count;
    if (length < 0x80 || lengthOf(length).length !== count + 1)
      throw new DerError('it has a length that is not the shortest');
  }
  const end = start + length;
  if (end > bytes.length) throw new DerError('it ends too early');
  return { tag, content: bytes.subarray(start, end), whole: bytes.subarray(at, end) };
}

function lengthOf(length: number): Buffer {
  if (length < 0x80) return Buffer.from([length]);
  const bytes = bytesOf(length);
  return Buffer.concat([Buffer.from([0x80 | bytes.length]), bytes]);
}

function bytesOf(value: number): Buffer {
  const hex = value.toString(16);
  return Buffer.from(hex.length % 2 === 0 ? hex : `0${hex}`, 'hex');
}
