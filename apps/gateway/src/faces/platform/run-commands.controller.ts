import {
  cancelRun,
  forkRun,
  pauseRun,
  resumeRun,
  retryRun,
  sendSignal,
  startRun,
  type DataOf,
  type RequestContract,
  type ResultOf,
} from '@ao/contracts';
import type { Rejection } from '@ao/kernel';
import { Body, Controller, HttpCode, Param, Post } from '@nestjs/common';
import { ApiCreatedResponse, ApiOkResponse, ApiTags } from '@nestjs/swagger';
import { CommandPath } from '../../commands/command-path';
import { Access } from '../../http/access';
import { CurrentCall, type Call } from '../../http/call';
import { answerableFor } from '../../http/principal';
import type { Problem } from '../../http/problem';
import { RUNS } from '../../projections/runs/run.projection';
import { RunQueries } from '../../projections/runs/run.queries';
import { runIds, workflowIds } from '../prefixed-id';
import { notFound } from './path-id';
import { presentRun } from './run.presenter';
import {
  ExecuteBodyDto,
  ForkRunDto,
  RetryRunDto,
  RunReasonDto,
  RunSignalDto,
  ShownRunDto,
  SignalDto,
  SignalSentDto,
} from './run.schemas';

const WRITE = {
  models: [RUNS],
  refusal: ({ code }: Rejection): Problem | undefined => {
    if (code === 'workflow_not_found') return notFound('Workflow');
    return code === 'run_not_found' ? notFound('Run') : undefined;
  },
};

/** Runs are started, held, woken, ended and begun anew. */
@ApiTags('workflows')
@Controller('api/v1/workflows')
export class RunCommandsController {
  constructor(
    private readonly commands: CommandPath,
    private readonly runs: RunQueries,
  ) {}

  /** The newest version, or the one that is named; the run stays on it. */
  @Post(':id/execute')
  @HttpCode(201)
  @Access('workflows:run')
  @ApiCreatedResponse({ type: ShownRunDto })
  async execute(
    @CurrentCall() call: Call,
    @Param('id') param: string,
    @Body() body: ExecuteBodyDto,
  ): Promise<ShownRunDto> {
    const data = { ...body, workflow_id: workflowIds.of(param), started_by: answerableFor(call.principal) };
    return this.made(call, await this.commands.send(call, startRun, data, WRITE));
  }

  /** To whichever run waits, or will wait, for this name and correlation; kept until a step takes it. */
  @Post('signals')
  @HttpCode(200)
  @Access('workflows:run')
  @ApiOkResponse({ type: SignalSentDto })
  signal(@CurrentCall() call: Call, @Body() body: SignalDto): Promise<SignalSentDto> {
    return this.commands.send(call, sendSignal, { ...body, sent_by: answerableFor(call.principal) }, WRITE);
  }

  /** Kept until a step takes it, whether one waits or not. */
  @Post('runs/:id/signal')
  @HttpCode(200)
  @Access('workflows:run')
  @ApiOkResponse({ type: SignalSentDto })
  signalRun(@CurrentCall() call: Call, @Param('id') param: string, @Body() body: RunSignalDto): Promise<SignalSentDto> {
    const data = { ...body, run_id: runIds.of(param), sent_by: answerableFor(call.principal) };
    return this.commands.send(call, sendSignal, data, WRITE);
  }

  /** Nothing new begins; what is at work goes on. */
  @Post('runs/:id/pause')
  @HttpCode(200)
  @Access('workflows:run')
  @ApiOkResponse({ type: ShownRunDto })
  pause(@CurrentCall() call: Call, @Param('id') param: string, @Body() { reason }: RunReasonDto): Promise<ShownRunDto> {
    return this.done(call, pauseRun, { run_id: runIds.of(param), reason });
  }

  @Post('runs/:id/resume')
  @HttpCode(200)
  @Access('workflows:run')
  @ApiOkResponse({ type: ShownRunDto })
  resume(@CurrentCall() call: Call, @Param('id') param: string): Promise<ShownRunDto> {
    return this.done(call, resumeRun, { run_id: runIds.of(param) });
  }

  /** With what is at work: tasks, approvals, runs. What was done is taken back where its definition says how. */
  @Post('runs/:id/cancel')
  @HttpCode(200)
  @Access('workflows:run')
  @ApiOkResponse({ type: ShownRunDto })
  cancel(
    @CurrentCall() call: Call,
    @Param('id') param: string,
    @Body() { reason }: RunReasonDto,
  ): Promise<ShownRunDto> {
    return this.done(call, cancelRun, { run_id: runIds.of(param), reason });
  }

  /** One that failed or was cancelled goes on: from the steps that failed, or from one step and all that follows it. */
  @Post('runs/:id/retry')
  @HttpCode(200)
  @Access('workflows:run')
  @ApiOkResponse({ type: ShownRunDto })
  retry(@CurrentCall() call: Call, @Param('id') param: string, @Body() body: RetryRunDto): Promise<ShownRunDto> {
    return this.done(call, retryRun, { ...body, run_id: runIds.of(param) });
  }

  /** A new run of the same version that takes over what does not depend on `from`; the original stays as it is. */
  @Post('runs/:id/fork')
  @HttpCode(201)
  @Access('workflows:run')
  @ApiCreatedResponse({ type: ShownRunDto })
  async fork(@CurrentCall() call: Call, @Param('id') param: string, @Body() body: ForkRunDto): Promise<ShownRunDto> {
    const data = { ...body, run_id: runIds.of(param), started_by: answerableFor(call.principal) };
    return this.made(call, await this.commands.send(call, forkRun, data, WRITE));
  }

  private async made(call: Call, { run_id }: ResultOf<typeof startRun>): Promise<ShownRunDto> {
    call.reply.header('location', `/api/v1/workflows/runs/${run_id}`);
    return this.fresh(run_id);
  }

  /** Carries it out and shows the run as it is then. */
  private async done<C extends RequestContract>(
    call: Call,
    contract: C,
    data: DataOf<C> & { readonly run_id: string },
  ): Promise<ShownRunDto> {
    await this.commands.send(call, contract, data, WRITE);
    return this.fresh(data.run_id);
  }

  private async fresh(id: string): Promise<ShownRunDto> {
    const run = await this.runs.whole(id);
    if (!run) throw notFound('Run');
    return presentRun(run);
  }
}
