/** `Refusals` */
export const REFUSALS = Symbol('REFUSALS');
