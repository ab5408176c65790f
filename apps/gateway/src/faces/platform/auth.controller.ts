import {
  changePassword,
  changeProfile,
  disableMfa,
  endSession,
  logIn,
  refreshSession,
  registerUser,
  startMfa,
  verifyMfa,
  type TokenOutcome,
} from '@ao/contracts';
import { Body, Controller, Delete, Get, HttpCode, Param, Post, Put, Query } from '@nestjs/common';
import { ApiCreatedResponse, ApiOkResponse, ApiTags } from '@nestjs/swagger';
import { CommandPath } from '../../commands/command-path';
import { Access } from '../../http/access';
import { CurrentCall, type Call } from '../../http/call';
import { Problem } from '../../http/problem';
import { SESSIONS } from '../../projections/sessions/session.projection';
import { USERS } from '../../projections/users/user.projection';
import { grantedTokens } from './auth.outcomes';
import {
  LoggedOutDto,
  LoginDto,
  MfaActivatedDto,
  MfaCodeDto,
  MfaDisabledDto,
  MfaDisablingDto,
  MfaSetupDto,
  PasswordChangeDto,
  PasswordChangedDto,
  RefreshDto,
  TokensDto,
} from './auth.schemas';
import { pathId } from './path-id';
import { People } from './people';
import { SessionDesk } from './session.desk';
import { ShownSessionDto } from './session.schemas';
import { PageDto, ProfileDto, RegistrationDto, RevokedDto, ShownUserDto } from './user.schemas';

/** Rows 37 to 46: coming in, one's own account, going out. */
@ApiTags('auth')
@Controller('api/v1/auth')
export class AuthController {
  constructor(
    private readonly commands: CommandPath,
    private readonly people: People,
    private readonly sessions: SessionDesk,
  ) {}

  @Post('login')
  @HttpCode(200)
  @Access('public')
  @ApiOkResponse({ type: TokensDto })
  async logIn(@CurrentCall() call: Call, @Body() body: LoginDto): Promise<TokensDto> {
    const outcome = await this.commands.send(
      call,
      logIn,
      { ...body, origin: originOf(call) },
      { models: [SESSIONS, USERS] },
    );
    return this.tokens(call, outcome);
  }

  @Post('register')
  @Access('public')
  @ApiCreatedResponse({ type: ShownUserDto })
  async register(@CurrentCall() call: Call, @Body() body: RegistrationDto): Promise<ShownUserDto> {
    const data = { ...body, origin: originOf(call) };
    const { user_id } = await this.commands.send(call, registerUser, data, { models: [USERS] });
    return this.people.fresh(call, user_id);
  }

  @Post('refresh')
  @HttpCode(200)
  @Access('public')
  @ApiOkResponse({ type: TokensDto })
  async refresh(@CurrentCall() call: Call, @Body() { refresh_token }: RefreshDto): Promise<TokensDto> {
    const data = { refresh_token, origin: originOf(call) };
    return this.tokens(call, await this.commands.send(call, refreshSession, data, { models: [SESSIONS] }));
  }

  @Get('me')
  @Access('profile:own')
  @ApiOkResponse({ type: ShownUserDto })
  me(@CurrentCall() call: Call): Promise<ShownUserDto> {
    return this.people.findOrFresh(call, personOf(call).id);
  }

  @Put('me')
  @Access('profile:own')
  @ApiOkResponse({ type: ShownUserDto })
  async changeMe(@CurrentCall() call: Call, @Body() { full_name }: ProfileDto): Promise<ShownUserDto> {
    const user_id = personOf(call).id;
    await this.commands.send(call, changeProfile, { user_id, full_name }, { models: [USERS] });
    return this.people.fresh(call, user_id);
  }

  /** Ends every session of the user, this one too. */
  @Post('change-password')
  @HttpCode(200)
  @Access('profile:own')
  @ApiOkResponse({ type: PasswordChangedDto })
  async changePassword(@CurrentCall() call: Call, @Body() body: PasswordChangeDto): Promise<PasswordChangedDto> {
    const data = { user_id: personOf(call).id, ...body, origin: originOf(call) };
    const { changed_at } = await this.commands.send(call, changePassword, data, { models: [USERS, SESSIONS] });
    return { changed: true, changed_at };
  }

  @Post('mfa/setup')
  @HttpCode(200)
  @Access('profile:own')
  @ApiOkResponse({ type: MfaSetupDto })
  setUpMfa(@CurrentCall() call: Call): Promise<MfaSetupDto> {
    return this.commands.send(call, startMfa, { user_id: personOf(call).id }, { models: [USERS] });
  }

  @Post('mfa/verify')
  @HttpCode(200)
  @Access('profile:own')
  @ApiOkResponse({ type: MfaActivatedDto })
  async verifyMfa(@CurrentCall() call: Call, @Body() { code }: MfaCodeDto): Promise<MfaActivatedDto> {
    const data = { user_id: personOf(call).id, code };
    const { activated_at, recovery_codes } = await this.commands.send(call, verifyMfa, data, { models: [USERS] });
    return { mfa_enabled: true, activated_at, recovery_codes };
  }

  @Post('mfa/disable')
  @HttpCode(200)
  @Access('profile:own')
  @ApiOkResponse({ type: MfaDisabledDto })
  async disableMfa(@CurrentCall() call: Call, @Body() { password, code }: MfaDisablingDto): Promise<MfaDisabledDto> {
    const data = { user_id: personOf(call).id, password, code, origin: originOf(call) };
    const { disabled_at } = await this.commands.send(call, disableMfa, data, { models: [USERS, SESSIONS] });
    return { mfa_enabled: false, disabled_at };
  }

  @Post('logout')
  @HttpCode(200)
  @Access('profile:own')
  @ApiOkResponse({ type: LoggedOutDto })
  async logOut(@CurrentCall() call: Call): Promise<LoggedOutDto> {
    const { id: user_id, session_id } = personOf(call);
    const data = { session_id, user_id, reason: 'logged_out' as const };
    const { ended_at } = await this.commands.send(call, endSession, data, { models: [SESSIONS] });
    return { logged_out: true, ended_at };
  }

  /** One's own sessions. */
  @Get('sessions')
  @Access('profile:own')
  @ApiOkResponse({ type: [ShownSessionDto] })
  listSessions(@CurrentCall() call: Call, @Query() page: PageDto): Promise<ShownSessionDto[]> {
    return this.sessions.list(call, { ...page, userId: personOf(call).id });
  }

  @Delete('sessions/:id')
  @Access('profile:own')
  @ApiOkResponse({ type: RevokedDto })
  revokeSession(@CurrentCall() call: Call, @Param('id') param: string): Promise<RevokedDto> {
    return this.sessions.revoke(call, pathId(param, 'Session'), personOf(call).id);
  }

  private async tokens(call: Call, outcome: TokenOutcome): Promise<TokensDto> {
    const { access_token, refresh_token, expires_in, user_id, mfa_setup_required } = grantedTokens(outcome);
    const user = await this.people.findOrFresh(call, user_id);
    return { access_token, refresh_token, token_type: 'bearer', expires_in, user, mfa_setup_required };
  }
}

/** The person who calls, and the session. Keys and clients never hold `profile:own`, so this only says it again. */
function personOf({ principal }: Call): { readonly id: string; readonly session_id: string } {
  if (principal.kind !== 'user' || !principal.session) {
    throw new Problem(403, 'forbidden', 'This route is for persons who logged in');
  }
  return { id: principal.actor.id, session_id: principal.session.id };
}

function originOf(call: Call): { address: string; user_agent: string | null } {
  const agent = call.reply.request.headers['user-agent'];
  return { address: call.address.slice(0, 64), user_agent: agent === undefined ? null : agent.slice(0, 512) };
}
