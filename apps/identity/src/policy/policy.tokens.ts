/** `Policies` */
export const POLICIES = Symbol('POLICIES');
/** The aggregate with the installation's defaults in it. */
export const POLICY_AGGREGATE = Symbol('POLICY_AGGREGATE');
