import { Controller, Inject } from '@nestjs/common';
import { issueRegistrationToken, revokeRegistrationToken, type DataOf } from '@ao/contracts';
import type { CommandShell } from '@ao/event-log';
import { isoTime, isRejection, newId, reject, type Clock, type CommandMetadata } from '@ao/kernel';
import { CommandHandler, done, type Answer } from '@ao/messaging';
import { CLOCK, COMMAND_SHELL } from '@ao/platform';
import { agentAggregate } from '../agent/agent.aggregate';
import { registrationTokenAggregate } from './registration-token.decider';
import { digestOf, newSecret, registrationTokenText } from './registration-token.text';

/** The doors of registration tokens on NATS. */
@Controller()
export class RegistrationTokenHandlers {
  constructor(
    @Inject(COMMAND_SHELL) private readonly shell: CommandShell,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  @CommandHandler(issueRegistrationToken)
  async issue(
    data: DataOf<typeof issueRegistrationToken>,
    metadata: CommandMetadata,
  ): Answer<typeof issueRegistrationToken> {
    const { agent_id, name, labels, expires_in_seconds } = data;
    if (agent_id !== null) {
      const { state } = await this.shell.state(agentAggregate, agent_id, { fresh: true });
      if (state.status !== 'registered')
        return reject(
          'not_found',
          'agent_not_found',
          `Expected to issue a registration token for agent '${agent_id}', but it is not registered`,
          '/agent_id',
        );
    }
    const token_id = newId();
    const secret = newSecret();
    const issued = await this.shell.run(
      registrationTokenAggregate,
      token_id,
      {
        type: 'IssueRegistrationToken',
        data: {
          ...{ token_id, name, labels, agent_id, secret_hash: digestOf(secret) },
          expires_at: isoTime(this.clock.now() + expires_in_seconds * 1000),
        },
        metadata,
      },
      { payload: data, isNew: true },
    );
    if (isRejection(issued)) return issued;
    const result = issued.result as { token_id: string; created_at: string; expires_at: string };
    if (result.token_id !== token_id)
      return reject(
        'conflict',
        'secret_already_shown',
        `Expected to issue a registration token, but this command has issued '${result.token_id}' before, and its text is shown only once`,
      );
    return done({ ...result, token: registrationTokenText(token_id, secret) }, issued.position);
  }

  @CommandHandler(revokeRegistrationToken)
  revoke(
    data: DataOf<typeof revokeRegistrationToken>,
    metadata: CommandMetadata,
  ): Answer<typeof revokeRegistrationToken> {
    return this.shell.run(registrationTokenAggregate, data.token_id, {
      type: 'RevokeRegistrationToken',
      data,
      metadata,
    });
  }
}
