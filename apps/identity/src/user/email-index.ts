import type { Sealer } from '@ao/sealing';

/** One spelling of an address, for comparing: `Email` of contracts gives the same for what is one. */
export const normalEmail = (email: string) => email.normalize('NFC').toLowerCase();

/** Finds the address again and tells nothing of it. */
export const emailIndex = (sealer: Sealer, email: string) => sealer.index('email', normalEmail(email));
