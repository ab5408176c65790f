import type { UsageEvent } from '@ao/contracts';
import type { EventReader } from '@ao/event-log';
import { streamId, type Clock } from '@ao/kernel';
import { CLOCK, EVENT_LOG } from '@ao/platform';
import { Controller, Get, Inject, Param } from '@nestjs/common';
import { ApiOkResponse, ApiTags } from '@nestjs/swagger';
import { Authentication } from '../../access/authentication';
import { Access } from '../../http/access';
import { usageRowOf } from '../../projections/costs/cost.report';
import { taskId } from '../task-id';
import { presentTaskUsage } from './cost.presenter';
import { TaskUsageDto } from './cost.schemas';
import { costCalendar } from './cost.terms';
import { notFound } from './path-id';

/** More than a task takes. */
const MOST_REPORTS = 10_000;

/** What one task has used and cost. From the log itself, so it is never behind. */
@ApiTags('costs')
@Controller('api/v1/tasks/:id/usage')
export class TaskUsageController {
  constructor(
    private readonly authentication: Authentication,
    @Inject(EVENT_LOG) private readonly log: EventReader,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  @Get()
  @Access('costs:read')
  @ApiOkResponse({ type: TaskUsageDto })
  async show(@Param('id') param: string): Promise<TaskUsageDto> {
    const task_id = taskId(param);
    const events = await this.log.readStream(streamId('usage', task_id), { limit: MOST_REPORTS });
    if (events.length === 0 && !(await this.isThere(task_id))) throw notFound('Task');
    const rows = events.map(({ data }) => usageRowOf(data as UsageEvent['data']));
    return presentTaskUsage(task_id, rows, costCalendar(this.authentication.settings, this.clock.now()));
  }

  private async isThere(id: string): Promise<boolean> {
    return (await this.log.readStream(streamId('task', id), { limit: 1 })).length > 0;
  }
}
