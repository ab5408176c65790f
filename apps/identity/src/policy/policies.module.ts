import { Module } from '@nestjs/common';
import { COMMAND_SHELL, CONFIG, type ConfigOf } from '@ao/platform';
import type { identityConfig } from '../identity.config';
import { createPolicies, defaultPolicies } from './policies';
import { policyAggregate } from './policy.decider';
import { PolicyHandlers } from './policy.handlers';
import { POLICIES, POLICY_AGGREGATE } from './policy.tokens';

export { POLICIES } from './policy.tokens';
export type { CurrentPolicies, Policies } from './policies';

const aggregate = {
  provide: POLICY_AGGREGATE,
  useFactory: (config: ConfigOf<typeof identityConfig>) => policyAggregate(defaultPolicies(config)),
  inject: [CONFIG],
};

/** Security settings, password policy, IP rules, settings. */
@Module({
  controllers: [PolicyHandlers],
  providers: [aggregate, { provide: POLICIES, useFactory: createPolicies, inject: [COMMAND_SHELL, POLICY_AGGREGATE] }],
  exports: [POLICIES],
})
export class PoliciesModule {}
