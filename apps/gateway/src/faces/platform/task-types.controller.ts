import { Word, configureTaskType, deleteTaskType, type TaskTypeDocument } from '@ao/contracts';
import { derivedId, type Rejection } from '@ao/kernel';
import { Body, Controller, Delete, Get, Param, Put, Query } from '@nestjs/common';
import { ApiCreatedResponse, ApiOkResponse, ApiTags } from '@nestjs/swagger';
import { CommandPath } from '../../commands/command-path';
import { Access } from '../../http/access';
import { CurrentCall, type Call } from '../../http/call';
import { validationProblem } from '../../http/failures';
import type { Problem } from '../../http/problem';
import { Freshness } from '../../projections/moment';
import { TASK_TYPES } from '../../projections/task-types/task-type.projection';
import { TaskTypeQueries } from '../../projections/task-types/task-type.queries';
import { ListQueryDto } from '../query.schemas';
import { announcePage } from './paging';
import { notFound } from './path-id';
import { ShownTaskTypeDto, TaskTypeBodyDto, type ShownTaskType } from './task-type.schemas';
import { DeletedDto, PageDto } from './user.schemas';

const WRITE = {
  models: [TASK_TYPES],
  refusal: ({ code }: Rejection): Problem | undefined => (code === 'task_type_not_found' ? noTaskType() : undefined),
};

/** What tasks of a type are like where their submissions do not say. */
@ApiTags('dispatch')
@Controller('api/v1/task-types')
export class TaskTypesController {
  constructor(
    private readonly commands: CommandPath,
    private readonly taskTypes: TaskTypeQueries,
    private readonly freshness: Freshness,
  ) {}

  /** Those that have defaults of their own. */
  @Get()
  @Access('tasks:read')
  @ApiOkResponse({ type: [ShownTaskTypeDto] })
  async list(@CurrentCall() call: Call, @Query() { limit, offset, at_least }: PageDto): Promise<ShownTaskTypeDto[]> {
    await this.freshness.seen(TASK_TYPES, at_least);
    const { taskTypes, total } = await this.taskTypes.list({ limit, offset });
    announcePage(call, { total, limit, offset });
    return taskTypes.map(presentTaskType);
  }

  @Get(':type')
  @Access('tasks:read')
  @ApiOkResponse({ type: ShownTaskTypeDto })
  async show(@Param('type') param: string, @Query() { at_least }: ListQueryDto): Promise<ShownTaskTypeDto> {
    await this.freshness.seen(TASK_TYPES, at_least);
    return shown(await this.taskTypes.find(taskTypeId(param)));
  }

  /** Replaces its defaults (200), or gives it some (201). Tasks that were submitted keep what they got. */
  @Put(':type')
  @Access('dispatch:manage')
  @ApiOkResponse({ type: ShownTaskTypeDto })
  @ApiCreatedResponse({ type: ShownTaskTypeDto })
  async configure(
    @CurrentCall() call: Call,
    @Param('type') param: string,
    @Body() body: TaskTypeBodyDto,
  ): Promise<ShownTaskTypeDto> {
    const type = Word.safeParse(param);
    if (!type.success) throw validationProblem(type.error, '/path/type');
    const data = { ...body, type: type.data };
    const { task_type_id, created } = await this.commands.send(call, configureTaskType, data, WRITE);
    if (created) call.reply.code(201);
    return shown(await this.taskTypes.fresh(task_type_id));
  }

  @Delete(':type')
  @Access('dispatch:manage')
  @ApiOkResponse({ type: DeletedDto })
  async remove(@CurrentCall() call: Call, @Param('type') param: string): Promise<DeletedDto> {
    const task_type_id = taskTypeId(param);
    const { deleted_at } = await this.commands.send(call, deleteTaskType, { task_type_id }, WRITE);
    return { deleted: true, id: task_type_id, deleted_at };
  }
}

function shown(taskType: TaskTypeDocument | undefined): ShownTaskType {
  if (!taskType) throw noTaskType();
  return presentTaskType(taskType);
}

function presentTaskType({ task_type_id, ...taskType }: TaskTypeDocument): ShownTaskType {
  return { id: task_type_id, ...taskType };
}

function noTaskType(): Problem {
  return notFound('Task type', '/path/type');
}

/** Streams are called by what is derived from the type. */
function taskTypeId(type: string): string {
  return derivedId('tasktype', type.normalize('NFC'));
}
