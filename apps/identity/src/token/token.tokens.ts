/** `TokenSigner` */
export const TOKEN_SIGNER = Symbol('TOKEN_SIGNER');
/** `SigningKeyRing` */
export const SIGNING_KEYS = Symbol('SIGNING_KEYS');
