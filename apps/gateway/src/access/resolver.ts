import { hash, timingSafeEqual } from 'node:crypto';
import type { Principal } from '../http/principal';

/** Longer ones are refused before anything is computed over them. */
export const MAX_TOKEN_BYTES = 4096;

/** A credential that was proved: what it is worth at the moment of the call; undefined once it is worth nothing. */
export type Proven = () => Principal | undefined;

/**
 * One kind of credential. A promise only for what this replica sees for the first time: what it knows is judged without
 * waiting.
 */
export interface PrincipalSource {
  /** By the form of the token alone. */
  recognises(token: string): boolean;
  /** Undefined: not valid. */
  prove(token: string): Proven | undefined | Promise<Proven | undefined>;
}

/** Who presents a token: the first source that knows its form judges it. */
export class PrincipalResolver {
  constructor(private readonly sources: readonly PrincipalSource[]) {}

  prove(token: string): Proven | undefined | Promise<Proven | undefined> {
    if (Buffer.byteLength(token) > MAX_TOKEN_BYTES) return undefined;
    return this.sources.find((source) => source.recognises(token))?.prove(token);
  }

  resolve(token: string): Principal | undefined | Promise<Principal | undefined> {
    const proven = this.prove(token);
    return proven instanceof Promise ? proven.then((now) => now?.()) : proven?.();
  }
}

/** By way of a string: asked for a buffer, OpenSSL's takes three times as long to make. */
export const sha256 = (text: string) => Buffer.from(hash('sha256', text, 'binary'), 'binary');

/** Compares digests, which are always equally long, in constant time. */
export const sameDigest = (one: Buffer, other: Buffer) => one.length === other.length && timingSafeEqual(one, other);
