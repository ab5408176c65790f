import { explainTask } from '@ao/contracts';
import type { Rejection } from '@ao/kernel';
import { Controller, Get, Param, Query } from '@nestjs/common';
import { ApiOkResponse, ApiTags } from '@nestjs/swagger';
import { CommandPath } from '../../commands/command-path';
import { Access } from '../../http/access';
import { CurrentCall, type Call } from '../../http/call';
import type { Problem } from '../../http/problem';
import { Freshness } from '../../projections/moment';
import { TASKS } from '../../projections/tasks/task.projection';
import { ListQueryDto } from '../query.schemas';
import { taskId } from '../task-id';
import { notFound } from './path-id';
import { TaskExplanationDto } from './task-explain.schemas';

const refusal = ({ code }: Rejection): Problem | undefined =>
  code === 'task_not_found' ? notFound('Task') : undefined;

/** Why a task waits, or why it went where it went. */
@ApiTags('platform')
@Controller('api/v1/tasks')
export class TaskExplainController {
  constructor(
    private readonly commands: CommandPath,
    private readonly freshness: Freshness,
  ) {}

  /** At this moment, by the dispatcher that would give it out. */
  @Get(':id/explain')
  @Access('tasks:read')
  @ApiOkResponse({ type: TaskExplanationDto })
  async explain(
    @CurrentCall() call: Call,
    @Param('id') id: string,
    @Query() { at_least }: ListQueryDto,
  ): Promise<TaskExplanationDto> {
    await this.freshness.seen(TASKS, at_least);
    return this.commands.query(call, explainTask, { task_id: taskId(id) }, { refusal });
  }
}
