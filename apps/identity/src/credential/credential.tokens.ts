/** `ClientThrottle` */
export const CLIENT_THROTTLE = Symbol('CLIENT_THROTTLE');
/** `CredentialReaders` */
export const CREDENTIAL_READERS = Symbol('CREDENTIAL_READERS');
/** What `createClientTokens` makes. */
export const CLIENT_TOKENS = Symbol('CLIENT_TOKENS');
