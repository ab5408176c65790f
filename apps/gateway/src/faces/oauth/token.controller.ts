import { issueClientToken } from '@ao/contracts';
import { Body, Controller, Header, HttpCode, Post } from '@nestjs/common';
import { ApiBody, ApiConsumes, ApiOkResponse, ApiResponse, ApiTags } from '@nestjs/swagger';
import { CommandPath } from '../../commands/command-path';
import { Access } from '../../http/access';
import { CurrentCall, type Call } from '../../http/call';
import { TOKEN_ROUTE } from '../../http/oauth-errors';
import { Problem } from '../../http/problem';
import { clientCredentials, invalidClient } from './client-authentication';
import { AccessTokenDto, OAuthErrorDto, TokenBody, TokenBodyDto } from './token.schemas';

/** Row 14: the client credentials grant (RFC 6749 section 4.4), as JSON and as the form of the standard. */
@ApiTags('auth')
@Controller()
export class TokenController {
  constructor(private readonly commands: CommandPath) {}

  @Post(TOKEN_ROUTE)
  @HttpCode(200)
  @Access('public')
  @Header('pragma', 'no-cache')
  @ApiConsumes('application/json', 'application/x-www-form-urlencoded')
  @ApiBody({ type: TokenBodyDto })
  @ApiOkResponse({ type: AccessTokenDto })
  @ApiResponse({ status: 400, type: OAuthErrorDto })
  @ApiResponse({ status: 401, type: OAuthErrorDto })
  async issue(@CurrentCall() call: Call, @Body() body: unknown): Promise<AccessTokenDto> {
    const request = tokenRequest(body);
    const credentials = clientCredentials(call.reply.request.headers.authorization, request);
    if (request.grant_type !== 'client_credentials') {
      throw new Problem(400, 'unsupported_grant_type', 'grant_type must be client_credentials');
    }
    const { scope } = request;
    const outcome = await this.commands.send(call, issueClientToken, {
      ...credentials,
      scope,
      address: call.address.slice(0, 64),
    });
    if (outcome.outcome === 'granted') {
      const { access_token, expires_in, scope: granted } = outcome;
      return { access_token, token_type: 'Bearer', expires_in, scope: granted };
    }
    switch (outcome.error) {
      case 'invalid_client':
        throw invalidClient();
      case 'invalid_scope':
        throw new Problem(400, 'invalid_scope', 'The scope is not known, or more than the client may have');
      default:
        throw new Problem(429, 'throttled', 'Too many failed attempts; send the request again later', {
          headers: { 'retry-after': String(Math.max(1, outcome.retry_after_seconds ?? 1)) },
        });
    }
  }
}

function tokenRequest(body: unknown): TokenBody {
  const parsed = TokenBody.safeParse(body);
  if (parsed.success) return parsed.data;
  const field = String(parsed.error.issues[0]?.path[0] ?? 'The body');
  // A secret longer than any of ours is merely wrong.
  if (field === 'client_secret' && isText(body, field)) throw invalidClient();
  throw new Problem(400, 'invalid_request', `${field} is missing or not valid`);
}

function isText(body: unknown, field: string): boolean {
  return typeof body === 'object' && body !== null && typeof (body as Record<string, unknown>)[field] === 'string';
}
