export { createSealer, type OpenSealer } from './create-sealer';
export * from './errors';
export { givenKeyRing, givenKeyText, variableOf, whyNoKeys, type GivenKeys } from './given-keys';
export { KEY_LIFE_MS } from './key-cache';
export { createKeyRing, type KeyRing } from './key-ring';
export type { KeyStore, SubjectKey, WrappedKey } from './key-store';
export { postgresKeyStore, type KeyStatements } from './postgres-key-store';
export { rewrapKeys, type Rewrapped } from './rewrap-keys';
export type { Sealer } from './sealer';
