import { reportUsage } from '@ao/contracts';
import { Body, Controller, HttpCode, Param, Post } from '@nestjs/common';
import { ApiOkResponse, ApiTags } from '@nestjs/swagger';
import { CommandPath } from '../../commands/command-path';
import { Access } from '../../http/access';
import { CurrentCall, type Call } from '../../http/call';
import { usageReportOf } from '../../live/streamed-usage';
import { AgentDirectory } from '../../projections/agents/agent.directory';
import { COSTS } from '../../projections/costs/cost.projection';
import { taskId } from '../task-id';
import { UsageBodyDto, UsageReportedDto } from './cost.schemas';

/** What an agent has used up for a task, without a socket: the frame `task_usage` as a request. */
@ApiTags('costs')
@Controller('api/v1/agents/:id/tasks/:taskId/usage')
export class AgentUsageController {
  constructor(
    private readonly commands: CommandPath,
    private readonly directory: AgentDirectory,
  ) {}

  @Post()
  @HttpCode(200)
  @Access('agents:act')
  @ApiOkResponse({ type: UsageReportedDto })
  async report(
    @CurrentCall() call: Call,
    @Param('id') agent: string,
    @Param('taskId') task: string,
    @Body() { leaseToken, reports }: UsageBodyDto,
  ): Promise<UsageReportedDto> {
    const agent_id = await this.directory.require(call, agent, '/path/id');
    const task_id = taskId(task, '/path/taskId');
    const data = { task_id, agent_id, lease_token: leaseToken, reports: reports.map(usageReportOf) };
    return this.commands.send(call, reportUsage, data, { models: [COSTS] });
  }
}
