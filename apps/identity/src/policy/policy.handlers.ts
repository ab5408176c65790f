import { Controller, Inject } from '@nestjs/common';
import {
  changeIpRules,
  changePasswordPolicy,
  changeSecuritySettings,
  changeSettings,
  showPolicies,
  type DataOf,
  type ResultOf,
} from '@ao/contracts';
import type { CommandShell } from '@ao/event-log';
import { isRejection, type CommandMetadata } from '@ao/kernel';
import { CommandHandler, done, QueryHandler, type Answer } from '@ao/messaging';
import { COMMAND_SHELL } from '@ao/platform';
import { POLICY_ID, type policyAggregate } from './policy.decider';
import { POLICIES, POLICY_AGGREGATE } from './policy.tokens';
import type { Policies } from './policies';
import { SETTINGS_ID, settingsAggregate } from './settings.decider';

/** The rules' doors on NATS. */
@Controller()
export class PolicyHandlers {
  constructor(
    @Inject(COMMAND_SHELL) private readonly shell: CommandShell,
    @Inject(POLICY_AGGREGATE) private readonly aggregate: ReturnType<typeof policyAggregate>,
    @Inject(POLICIES) private readonly policies: Policies,
  ) {}

  @QueryHandler(showPolicies)
  show(_data: DataOf<typeof showPolicies>): Promise<ResultOf<typeof showPolicies>> {
    return this.policies.shown();
  }

  @CommandHandler(changeSecuritySettings)
  changeSecurity(
    data: DataOf<typeof changeSecuritySettings>,
    metadata: CommandMetadata,
  ): Answer<typeof changeSecuritySettings> {
    return this.shell.run(this.aggregate, POLICY_ID, { type: 'ChangeSecuritySettings', data, metadata });
  }

  @CommandHandler(changePasswordPolicy)
  changePassword(
    data: DataOf<typeof changePasswordPolicy>,
    metadata: CommandMetadata,
  ): Answer<typeof changePasswordPolicy> {
    return this.shell.run(this.aggregate, POLICY_ID, { type: 'ChangePasswordPolicy', data, metadata });
  }

  @CommandHandler(changeIpRules)
  async changeIpRules(data: DataOf<typeof changeIpRules>, metadata: CommandMetadata): Answer<typeof changeIpRules> {
    const { allow, block } = data;
    // Where the command came from is nobody's business later on: not even its hash is kept.
    const payload = { allow, block };
    const result = await this.shell.run(
      this.aggregate,
      POLICY_ID,
      { type: 'ChangeIpRules', data, metadata },
      { payload },
    );
    if (isRejection(result)) return result;
    const { state } = await this.shell.state(this.aggregate, POLICY_ID);
    return done(state.policies.ip_rules, result.position);
  }

  @CommandHandler(changeSettings)
  changeSettings(data: DataOf<typeof changeSettings>, metadata: CommandMetadata): Answer<typeof changeSettings> {
    return this.shell.run(settingsAggregate, SETTINGS_ID, { type: 'ChangeSettings', data, metadata });
  }
}
