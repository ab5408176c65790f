/** A text as a direction: unit length, or undefined when nothing of the text is known. */
export type Vector = Float32Array;

/**
 * What turns texts into vectors; whoever replaces it gives it a name of its own, because vectors of different embedders
 * must never be compared.
 */
interface AnyEmbedder {
  /** Its kind and its model: the key that vectors are kept under. */
  readonly id: string;
  /** Cosines at and below `unrelated` count 0, at and above `same` 1; between them it is linear. */
  readonly cosines: { readonly unrelated: number; readonly same: number };
}

/** In this process: at once, and it cannot fail. */
export interface LocalEmbedder extends AnyEmbedder {
  readonly remote: false;
  /** One vector per text, in their order. */
  embed(texts: readonly string[]): Vectors;
}

/** Somewhere else: its vectors cost a request, so they are kept, and it may be away. */
export interface RemoteEmbedder extends AnyEmbedder {
  readonly remote: true;
  /** One vector per text, in their order. Rejects when its model cannot be asked. */
  embed(texts: readonly string[]): Promise<Vectors>;
}

export type Embedder = LocalEmbedder | RemoteEmbedder;
export type Vectors = readonly (Vector | undefined)[];

/** In place. Undefined for what has no direction. */
export function normalized(vector: Vector): Vector | undefined {
  let square = 0;
  for (const value of vector) square += value * value;
  if (!(square > 0) || !Number.isFinite(square)) return undefined;
  const scale = 1 / Math.sqrt(square);
  for (let at = 0; at < vector.length; at += 1) vector[at]! *= scale;
  return vector;
}
