/** `Sealer` of @ao/sealing */
export const SEALER = Symbol('SEALER');
