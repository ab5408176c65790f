import { changeUser, createUser, eraseUser, findUser } from '@ao/contracts';
import { Body, Controller, Delete, Get, Param, Patch, Post, Query } from '@nestjs/common';
import { ApiCreatedResponse, ApiOkResponse, ApiTags } from '@nestjs/swagger';
import { CommandPath } from '../../commands/command-path';
import { Access } from '../../http/access';
import { CurrentCall, type Call } from '../../http/call';
import { Freshness } from '../../projections/moment';
import { USERS } from '../../projections/users/user.projection';
import { UserQueries } from '../../projections/users/user.queries';
import { announcePage } from './paging';
import { pathId } from './path-id';
import { People } from './people';
import { DeletedDto, NewUserDto, ShownUserDto, UserChangesDto, UserListQueryDto } from './user.schemas';

/** Rows 78 and 79, and what an administrator does with a user later. */
@ApiTags('users')
@Controller('api/v1/admin/users')
export class UsersController {
  constructor(
    private readonly commands: CommandPath,
    private readonly users: UserQueries,
    private readonly people: People,
    private readonly freshness: Freshness,
  ) {}

  @Get()
  @Access('users:manage')
  @ApiOkResponse({ type: [ShownUserDto] })
  async list(@CurrentCall() call: Call, @Query() query: UserListQueryDto): Promise<ShownUserDto[]> {
    await this.freshness.seen(USERS, query.at_least);
    const { role, status, limit, offset } = query;
    if (query.email !== undefined) return this.byEmail(call, { ...query, email: query.email });
    const { users, total } = await this.users.list({ role, status, limit, offset });
    announcePage(call, { total, limit, offset });
    return this.people.show(call, users);
  }

  @Post()
  @Access('users:manage')
  @ApiCreatedResponse({ type: ShownUserDto })
  async create(@CurrentCall() call: Call, @Body() body: NewUserDto): Promise<ShownUserDto> {
    const { user_id } = await this.commands.send(call, createUser, body, { models: [USERS] });
    return this.people.fresh(call, user_id);
  }

  @Get(':id')
  @Access('users:manage')
  @ApiOkResponse({ type: ShownUserDto })
  show(@CurrentCall() call: Call, @Param('id') param: string): Promise<ShownUserDto> {
    return this.people.find(call, pathId(param, 'User'));
  }

  /** Another role, name, or whether the user may log in at all. */
  @Patch(':id')
  @Access('users:manage')
  @ApiOkResponse({ type: ShownUserDto })
  async change(
    @CurrentCall() call: Call,
    @Param('id') param: string,
    @Body() { role, is_active, full_name }: UserChangesDto,
  ): Promise<ShownUserDto> {
    const user_id = pathId(param, 'User');
    const disabled = is_active === undefined ? undefined : !is_active;
    await this.commands.send(call, changeUser, { user_id, role, disabled, full_name }, { models: [USERS] });
    return this.people.fresh(call, user_id);
  }

  /** Erases what is known of the person, for good; what the user did stays in the log under the id. */
  @Delete(':id')
  @Access('users:manage')
  @ApiOkResponse({ type: DeletedDto })
  async erase(@CurrentCall() call: Call, @Param('id') param: string): Promise<DeletedDto> {
    const user_id = pathId(param, 'User');
    const { erased_at } = await this.commands.send(call, eraseUser, { user_id }, { models: [USERS] });
    return { deleted: true, id: user_id, deleted_at: erased_at };
  }

  private async byEmail(call: Call, query: UserListQueryDto & { readonly email: string }): Promise<ShownUserDto[]> {
    const { role, status, limit, offset } = query;
    const { user_id } = await this.commands.query(call, findUser, { email: query.email });
    const user = user_id === null ? undefined : await this.users.find(user_id);
    const matches =
      user !== undefined &&
      (role === undefined || user.role === role) &&
      (status === undefined || user.status === status);
    announcePage(call, { total: matches ? 1 : 0, limit, offset });
    return matches && offset === 0 ? this.people.show(call, [user]) : [];
  }
}
