import { findUser } from '@ao/contracts';
import { Controller, Get, Query } from '@nestjs/common';
import { ApiOkResponse, ApiTags } from '@nestjs/swagger';
import { CommandPath } from '../../commands/command-path';
import { Access } from '../../http/access';
import { CurrentCall, type Call } from '../../http/call';
import { AuditQueries, type AuditFilter } from '../../projections/audit/audit.queries';
import { UserQueries } from '../../projections/users/user.queries';
import { actorOf, presentEntry, sealedOfEntry } from './audit.presenter';
import { AuditPageDto, AuditQueryDto } from './audit.schemas';
import { SealedTexts } from './sealed-texts';
import { sealedOfUser } from './user.presenter';

/** Row 82: who did what, when, and what was refused; from the log itself. */
@ApiTags('audit')
@Controller('api/v1/admin/audit')
export class AuditController {
  constructor(
    private readonly commands: CommandPath,
    private readonly audit: AuditQueries,
    private readonly users: UserQueries,
    private readonly texts: SealedTexts,
  ) {}

  @Get()
  @Access('audit:read')
  @ApiOkResponse({ type: AuditPageDto })
  async list(@CurrentCall() call: Call, @Query() query: AuditQueryDto): Promise<AuditPageDto> {
    const filter = await this.filterOf(call, query);
    if (!filter) return { entries: [], next_before: null };
    const { rows, nextBefore, total } = await this.audit.page(filter);
    const actors = rows.map(actorOf).flatMap(({ type, id }) => (type === 'user' ? [id] : []));
    const users = await this.users.findMany(actors);
    const open = await this.texts.open(call, [
      ...rows.flatMap(sealedOfEntry),
      ...[...users.values()].flatMap(sealedOfUser),
    ]);
    return { entries: rows.map((row) => presentEntry(row, users, open)), next_before: nextBefore, total };
  }

  /** Undefined when nobody has the address asked for, so that nothing can match. */
  private async filterOf(call: Call, query: AuditQueryDto): Promise<AuditFilter | undefined> {
    const { actor, object_type: objectType, object_id: objectId, ...rest } = query;
    let actorId = actor;
    if (actor?.includes('@')) {
      const { user_id } = await this.commands.query(call, findUser, { email: actor });
      if (user_id === null) return undefined;
      actorId = user_id;
    }
    return { ...rest, actorId, objectType, objectId };
  }
}
