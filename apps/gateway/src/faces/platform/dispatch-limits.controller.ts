import {
  DispatchLimitTarget,
  isLimitable,
  listDispatchLimits,
  removeDispatchLimit,
  setDispatchLimit,
} from '@ao/contracts';
import type { Rejection } from '@ao/kernel';
import { Body, Controller, Delete, Get, HttpStatus, Param, Put, Query } from '@nestjs/common';
import { ApiCreatedResponse, ApiOkResponse, ApiTags } from '@nestjs/swagger';
import { CommandPath } from '../../commands/command-path';
import { Access } from '../../http/access';
import { CurrentCall, type Call } from '../../http/call';
import type { Problem } from '../../http/problem';
import { Freshness } from '../../projections/moment';
import { TASKS } from '../../projections/tasks/task.projection';
import {
  DispatchLimitBodyDto,
  DispatchLimitDto,
  DispatchLimitListQueryDto,
  DispatchLimitRemovedDto,
  ListedDispatchLimitDto,
} from './dispatch-limits.schemas';
import { announcePage } from './paging';
import { notFound } from './path-id';

/** Where a write of limits is seen next: every replica of tasks has its own view of them. */
const VIEW = 'dispatch_limits';

const Target = DispatchLimitTarget.refine(isLimitable, { path: ['value'], message: 'must be a queue or *' });

const refusal = ({ code }: Rejection): Problem | undefined =>
  code === 'dispatch_limit_not_found' ? notFound('Dispatch limit', '/path/value') : undefined;

/** How many tasks of a type, of a concurrency key or of a queue go out at a time, and at what rate. */
@ApiTags('platform')
@Controller('api/v1/dispatch-limits')
export class DispatchLimitsController {
  constructor(
    private readonly commands: CommandPath,
    private readonly freshness: Freshness,
  ) {}

  @Get()
  @Access('queues:read')
  @ApiOkResponse({ type: [ListedDispatchLimitDto] })
  async list(
    @CurrentCall() call: Call,
    @Query() { limit, offset, at_least: asked }: DispatchLimitListQueryDto,
  ): Promise<ListedDispatchLimitDto[]> {
    await this.freshness.seen(TASKS, asked);
    const at_least = Math.max(asked ?? 0, this.commands.lastWriteOf(VIEW));
    const { limits, total } = await this.commands.query(call, listDispatchLimits, { limit, offset, at_least });
    announcePage(call, { total, limit, offset });
    return limits;
  }

  /** `*` as the value: each value of the scope by itself that has no limit of its own. */
  @Put(':scope/:value')
  @Access('dispatch:manage')
  @ApiOkResponse({ type: DispatchLimitDto })
  @ApiCreatedResponse({ type: DispatchLimitDto })
  async set(
    @CurrentCall() call: Call,
    @Param('scope') scope: string,
    @Param('value') value: string,
    @Body() terms: DispatchLimitBodyDto,
  ): Promise<DispatchLimitDto> {
    const target = targetOf(scope, value);
    const set = await this.commands.send(call, setDispatchLimit, { ...target, ...terms }, { views: [VIEW] });
    if (set.created) call.reply.status(HttpStatus.CREATED);
    return set.limit;
  }

  @Delete(':scope/:value')
  @Access('dispatch:manage')
  @ApiOkResponse({ type: DispatchLimitRemovedDto })
  async remove(
    @CurrentCall() call: Call,
    @Param('scope') scope: string,
    @Param('value') value: string,
  ): Promise<DispatchLimitRemovedDto> {
    const target = targetOf(scope, value);
    const removed = await this.commands.send(call, removeDispatchLimit, target, { views: [VIEW], refusal });
    return { deleted: true, id: removed.limit_id, deleted_at: removed.removed_at };
  }
}

/** @throws Problem 404 that names the wrong part of the path: there can be no such limit */
function targetOf(scope: string, value: string): DispatchLimitTarget {
  const target = Target.safeParse({ scope, value });
  if (!target.success) throw notFound('Dispatch limit', `/path/${String(target.error.issues[0]?.path[0])}`);
  return target.data;
}
