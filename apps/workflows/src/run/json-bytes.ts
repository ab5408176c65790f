/** Outputs of the items of a map are measured at the end of each of them. */
const measured = new WeakMap<object, number>();

/** Bytes of a value as JSON. */
export function jsonBytes(value: unknown): number {
  if (typeof value !== 'object' || value === null) return Buffer.byteLength(JSON.stringify(value ?? null));
  let bytes = measured.get(value);
  if (bytes === undefined) measured.set(value, (bytes = Buffer.byteLength(JSON.stringify(value))));
  return bytes;
}
