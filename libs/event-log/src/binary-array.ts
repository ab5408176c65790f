/**
 * One-dimensional arrays in Postgres' binary form (array_recv). node-pg hands a Buffer on as a binary parameter, so texts
 * need no escaping here and no parsing there: twice the events per second of the same arrays as text, or as one JSON text.
 */
const OID = { bytea: 17, int8: 20, int4: 23, text: 25, json: 114, uuid: 2950 } as const;
const HEADER = 20;

/** Texts. A lone surrogate becomes U+FFFD. */
export function textArray(values: readonly string[], type: 'text' | 'json' = 'text'): Buffer {
  let capacity = HEADER;
  for (const value of values) capacity += 4 + value.length * 3;
  const buffer = header(capacity, OID[type], values.length, false);
  let at = HEADER;
  for (const value of values) {
    const length = buffer.write(value, at + 4, 'utf8');
    buffer.writeInt32BE(length, at);
    at += 4 + length;
  }
  return values.length === 0 ? empty(OID[type]) : buffer.subarray(0, at);
}

/** Values of one fixed or varying length each, as bytes. */
export function bytesArray(values: readonly Buffer[], type: 'bytea' | 'uuid'): Buffer {
  if (values.length === 0) return empty(OID[type]);
  let capacity = HEADER;
  for (const value of values) capacity += 4 + value.length;
  const buffer = header(capacity, OID[type], values.length, false);
  let at = HEADER;
  for (const value of values) {
    buffer.writeInt32BE(value.length, at);
    value.copy(buffer, at + 4);
    at += 4 + value.length;
  }
  return buffer;
}

export function int4Array(values: readonly number[]): Buffer {
  if (values.length === 0) return empty(OID.int4);
  const buffer = header(HEADER + 8 * values.length, OID.int4, values.length, false);
  let at = HEADER;
  for (const value of values) {
    at = buffer.writeInt32BE(4, at);
    at = buffer.writeInt32BE(value, at);
  }
  return buffer;
}

/** Safe integers; `undefined` is SQL null. */
export function int8Array(values: readonly (number | undefined)[]): Buffer {
  if (values.length === 0) return empty(OID.int8);
  const buffer = header(HEADER + 12 * values.length, OID.int8, values.length, true);
  let at = HEADER;
  for (const value of values) {
    if (value === undefined) {
      at = buffer.writeInt32BE(-1, at);
    } else {
      at = buffer.writeInt32BE(8, at);
      at = buffer.writeBigInt64BE(BigInt(value), at);
    }
  }
  return buffer.subarray(0, at);
}

function header(capacity: number, oid: number, length: number, hasNull: boolean): Buffer {
  const buffer = Buffer.allocUnsafe(capacity);
  buffer.writeInt32BE(1, 0); // dimensions
  buffer.writeInt32BE(hasNull ? 1 : 0, 4);
  buffer.writeInt32BE(oid, 8);
  buffer.writeInt32BE(length, 12);
  buffer.writeInt32BE(1, 16); // lower bound
  return buffer;
}

function empty(oid: number): Buffer {
  const buffer = Buffer.alloc(12);
  buffer.writeInt32BE(oid, 8);
  return buffer;
}
