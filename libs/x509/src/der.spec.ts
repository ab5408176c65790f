import {
  bits,
  bitsIn,
  boolean,
  childrenIn,
  childrenOf,
  context,
  decode,
  DerError,
  integer,
  octets,
  oid,
  oidIn,
  sequence,
  TAG,
  time,
  utf8,
} from './der';

const hex = (text: string) => Buffer.from(text.replaceAll(' ', ''), 'hex');

describe('what is written', () => {
  it.each([
    [integer(0), '02 01 00'],
    [integer(127), '02 01 7f'],
    [integer(128), '02 02 00 80'],
    [integer(256), '02 02 01 00'],
    [integer(hex('00 00 80')), '02 02 00 80'],
    [integer(hex('40 01')), '02 02 40 01'],
    [boolean(true), '01 01 ff'],
    [oid('1.2.840.10045.4.3.2'), '06 08 2a 86 48 ce 3d 04 03 02'],
    [oid('2.5.29.19'), '06 03 55 1d 13'],
    [oid('2.999.3'), '06 03 88 37 03'],
    [bits(hex('80'), 7), '03 02 07 80'],
    [sequence(integer(1), boolean(false)), '30 06 02 01 01 01 01 00'],
    [context(0, integer(2)), 'a0 03 02 01 02'],
    [utf8('ä'), '0c 02 c3 a4'],
    [time(Date.UTC(2026, 0, 11, 14, 23, 45, 900)), '17 0d 32 36 30 31 31 31 31 34 32 33 34 35 5a'],
    [time(Date.UTC(2050, 0, 1)), '18 0f 32 30 35 30 30 31 30 31 30 30 30 30 30 30 5a'],
  ])('should be as X.690 has it (%#)', (written, expected) => {
    expect(written.toString('hex')).toBe(hex(expected).toString('hex'));
  });

  it.each([0, 127, 128, 255, 256, 65_535, 65_536])('should be read again with %i bytes', (length) => {
    const written = octets(Buffer.alloc(length, 7));
    expect(decode(written).content).toHaveLength(length);
    expect(childrenOf(decode(sequence(written, written)))).toHaveLength(2);
  });

  it.each(['1.2.840.113549.1.9.14', '2.5.4.3', '2.999.3', '0.9.2342'])('should be the identifier %s', (dotted) => {
    expect(oidIn(decode(oid(dotted)))).toBe(dotted);
  });
});

describe('what is no DER', () => {
  it.each([
    ['nothing', ''],
    ['a tag alone', '30'],
    ['a length past the end', '30 05 02 01 00'],
    ['something after the end', '02 01 00 00'],
    ['an indefinite length', '30 80 00 00'],
    ['a length that is not the shortest', '04 81 01 00'],
    ['a length with a leading zero', '04 82 00 81' + '00'.repeat(129)],
    ['a length that is cut off', '04 82 01'],
    ['a length beyond four bytes', '04 85 01 00 00 00 00'],
    ['a tag of several bytes', '1f 81 01 00'],
  ])('rejects %s', (_what, bytes) => {
    expect(() => decode(hex(bytes))).toThrow(DerError);
  });

  it('rejects the wrong kind of value', () => {
    expect(() => childrenOf(decode(integer(1)))).toThrow(DerError);
    expect(() => childrenIn(decode(sequence()), TAG.set)).toThrow(DerError);
    expect(() => oidIn(undefined)).toThrow(DerError);
    expect(() => oidIn(decode(hex('06 0a ff ff ff ff ff ff ff ff ff 7f')))).toThrow(DerError);
    expect(() => bitsIn(decode(bits(hex('80'), 7)))).toThrow(DerError);
  });
});
