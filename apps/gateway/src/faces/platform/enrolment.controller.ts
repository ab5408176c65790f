import { enrolAgent } from '@ao/contracts';
import type { Rejection } from '@ao/kernel';
import { Body, Controller, Headers, Post } from '@nestjs/common';
import { ApiCreatedResponse, ApiHeader, ApiTags } from '@nestjs/swagger';
import { Authentication } from '../../access/authentication';
import { CommandPath } from '../../commands/command-path';
import { Access } from '../../http/access';
import { CurrentCall, type Call } from '../../http/call';
import { Problem } from '../../http/problem';
import { AGENTS } from '../../projections/agents/agent.projection';
import { REGISTRATION_TOKENS } from '../../projections/registration-tokens/registration-token.projection';
import { EnrolledDto, EnrolmentDto } from './enrolment.schemas';

/** As the document has them. */
const TASK_POLL_SECONDS = 5;
const LOG_LEVEL = 'info';

/** Row 28: deployment agents enrol themselves; the registration token is the credential. */
@ApiTags('enrolment')
@Controller('api/v1/agents')
export class EnrolmentController {
  constructor(
    private readonly commands: CommandPath,
    private readonly authentication: Authentication,
  ) {}

  @Post('register')
  @Access('public')
  @ApiHeader({ name: 'X-Agent-Token', required: true, description: 'a registration token; it can be used once' })
  @ApiCreatedResponse({ type: EnrolledDto })
  async enrol(
    @CurrentCall() call: Call,
    @Headers('x-agent-token') registrationToken: string | undefined,
    @Body() body: EnrolmentDto,
  ): Promise<EnrolledDto> {
    if (registrationToken === undefined || registrationToken.length > 1_024) throw badToken();
    const { type: agent_type, ...profile } = body;
    const enrolled = await this.commands.send(
      call,
      enrolAgent,
      {
        ...{ ...profile, agent_type, registration_token: registrationToken },
        heartbeat_interval_seconds: this.authentication.settings['agents.heartbeat_interval_seconds'],
      },
      { models: [AGENTS, REGISTRATION_TOKENS], refusal },
    );
    const { agent_id, token, certificate, key, ca, expires_at, heartbeat_interval_seconds } = enrolled;
    return {
      agentId: agent_id,
      token,
      config: {
        heartbeatInterval: heartbeat_interval_seconds,
        taskPollInterval: TASK_POLL_SECONDS,
        logLevel: LOG_LEVEL,
      },
      certificate: { cert: certificate, ...(key !== undefined && { key }), ca, expiresAt: expires_at },
    };
  }
}

const refusal = ({ rejection }: Rejection) => (rejection === 'unauthenticated' ? badToken() : undefined);

/** The same for one that was never issued, was used, was revoked or has expired. */
function badToken(): Problem {
  return new Problem(401, 'invalid_registration_token', 'The registration token is not valid', {
    errors: [{ pointer: '/headers/x-agent-token', message: 'must be a registration token that is valid' }],
  });
}
