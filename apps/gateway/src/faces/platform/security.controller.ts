import {
  changeIpRules,
  changePasswordPolicy,
  changeSecuritySettings,
  rotateAgentCa,
  rotateSigningKey,
  showPolicies,
} from '@ao/contracts';
import { Body, Controller, Delete, Get, HttpCode, Param, Post, Put, Query } from '@nestjs/common';
import { ApiOkResponse, ApiTags } from '@nestjs/swagger';
import { CommandPath } from '../../commands/command-path';
import { Access } from '../../http/access';
import { CurrentCall, type Call } from '../../http/call';
import { pathId } from './path-id';
import {
  IpRulesChangesDto,
  IpRulesDto,
  PasswordPolicyChangesDto,
  PasswordPolicyDto,
  RotatedAgentCaDto,
  RotatedSigningKeyDto,
  SecurityChangesDto,
  SecuritySettingsDto,
  ShownIpRulesDto,
  ShownPasswordPolicyDto,
  ShownSecurityDto,
} from './security.schemas';
import { SessionDesk } from './session.desk';
import { SessionListQueryDto, ShownSessionDto } from './session.schemas';
import { RevokedDto } from './user.schemas';

/** Rows 123 to 129: what governs logins, passwords, sessions and addresses. */
@ApiTags('security')
@Controller('api/v1/security')
export class SecurityController {
  constructor(
    private readonly commands: CommandPath,
    private readonly sessions: SessionDesk,
  ) {}

  @Get()
  @Access('security:manage')
  @ApiOkResponse({ type: ShownSecurityDto })
  async show(@CurrentCall() call: Call): Promise<ShownSecurityDto> {
    const { security, changed_at } = await this.commands.query(call, showPolicies, {});
    return { ...security, changed_at: changed_at.security };
  }

  @Put()
  @Access('security:manage')
  @ApiOkResponse({ type: SecuritySettingsDto })
  change(@CurrentCall() call: Call, @Body() changes: SecurityChangesDto): Promise<SecuritySettingsDto> {
    return this.commands.send(call, changeSecuritySettings, changes);
  }

  @Get('password-policy')
  @Access('security:manage')
  @ApiOkResponse({ type: ShownPasswordPolicyDto })
  async showPasswordPolicy(@CurrentCall() call: Call): Promise<ShownPasswordPolicyDto> {
    const { password, changed_at } = await this.commands.query(call, showPolicies, {});
    return { ...password, changed_at: changed_at.password };
  }

  @Put('password-policy')
  @Access('security:manage')
  @ApiOkResponse({ type: PasswordPolicyDto })
  changePasswordPolicy(
    @CurrentCall() call: Call,
    @Body() changes: PasswordPolicyChangesDto,
  ): Promise<PasswordPolicyDto> {
    return this.commands.send(call, changePasswordPolicy, changes);
  }

  @Get('ip-rules')
  @Access('security:manage')
  @ApiOkResponse({ type: ShownIpRulesDto })
  async showIpRules(@CurrentCall() call: Call): Promise<ShownIpRulesDto> {
    const { ip_rules, changed_at } = await this.commands.query(call, showPolicies, {});
    return { ...ip_rules, changed_at: changed_at.ip_rules };
  }

  /** Refused with `would_lock_out` when the caller could not come back to undo it. */
  @Put('ip-rules')
  @Access('security:manage')
  @ApiOkResponse({ type: IpRulesDto })
  changeIpRules(@CurrentCall() call: Call, @Body() changes: IpRulesChangesDto): Promise<IpRulesDto> {
    return this.commands.send(call, changeIpRules, { ...changes, caller_address: call.address.slice(0, 64) });
  }

  /** Everybody's sessions that may still be used. */
  @Get('sessions')
  @Access('security:manage')
  @ApiOkResponse({ type: [ShownSessionDto] })
  listSessions(@CurrentCall() call: Call, @Query() query: SessionListQueryDto): Promise<ShownSessionDto[]> {
    const { user_id, ...page } = query;
    return this.sessions.list(call, { ...page, userId: user_id });
  }

  @Delete('sessions/:id')
  @Access('security:manage')
  @ApiOkResponse({ type: RevokedDto })
  revokeSession(@CurrentCall() call: Call, @Param('id') param: string): Promise<RevokedDto> {
    return this.sessions.revoke(call, pathId(param, 'Session'));
  }

  /** Another key signs access tokens from now on; those that are signed already stay good until they expire. */
  @Post('signing-keys/rotate')
  @HttpCode(200)
  @Access('security:manage')
  @ApiOkResponse({ type: RotatedSigningKeyDto })
  rotateSigningKey(@CurrentCall() call: Call): Promise<RotatedSigningKeyDto> {
    return this.commands.send(call, rotateSigningKey, {});
  }

  /** The successor of the agents' certificate authority signs from now on; what is signed already stays good until it expires. */
  @Post('agent-ca/rotate')
  @HttpCode(200)
  @Access('security:manage')
  @ApiOkResponse({ type: RotatedAgentCaDto })
  rotateAgentCa(@CurrentCall() call: Call): Promise<RotatedAgentCaDto> {
    return this.commands.send(call, rotateAgentCa, {});
  }
}
