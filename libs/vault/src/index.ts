/** Secrets that the vault keeps for what other services own: made with it, opened for it, gone with it. */
export { forgetSecretWhenOwnerIsGone, type SecretTimers } from './forget-secret-when-owner-is-gone';
export { KeptSecrets, type Asked, type SecretPlace } from './kept-secrets';
export { shownOnce, type Attempt } from './shown-once';
export { SigningSecrets, type MadeSecret, type SignedBy } from './signing-secrets';
