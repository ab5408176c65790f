import {
  changeSshConnection,
  createSshConnection,
  deleteSshConnection,
  executeSshCommand,
  testSshConnection,
  type SshConnectionDocument,
} from '@ao/contracts';
import type { Rejection } from '@ao/kernel';
import { Body, Controller, Delete, Get, HttpCode, Param, Post, Put, Query } from '@nestjs/common';
import { ApiAcceptedResponse, ApiCreatedResponse, ApiOkResponse, ApiTags } from '@nestjs/swagger';
import { CommandPath } from '../../commands/command-path';
import { Access } from '../../http/access';
import { CurrentCall, type Call } from '../../http/call';
import { invalidField, type Problem } from '../../http/problem';
import { Freshness } from '../../projections/moment';
import { SecretQueries } from '../../projections/secrets/secret.queries';
import { SSH_CONNECTIONS } from '../../projections/ssh-connections/ssh-connection.projection';
import { SshConnectionQueries } from '../../projections/ssh-connections/ssh-connection.queries';
import { TaskEndings } from '../../projections/tasks/task.ending';
import { TASKS } from '../../projections/tasks/task.projection';
import { announcePage } from './paging';
import { notFound, pathId } from './path-id';
import { presentSshConnection, presentSshExecution, requireMayLeadSecrets } from './ssh.presenter';
import {
  NewSshConnectionDto,
  ShownSshConnectionDto,
  SshCommandDto,
  SshConnectionChangesDto,
  SshConnectionListQueryDto,
  SshConnectionQueryDto,
  SshExecutionDto,
  SshTestDto,
  SshTestReportDto,
} from './ssh.schemas';
import { DeletedDto } from './user.schemas';

/** A test ends by the settings of the service that carries it out; so long it is waited for, without asking twice. */
const TEST_TIMEOUT_MS = 130_000;
/** An answer waits for the end of a command so long at most: less than a process has to end in. */
const LONGEST_WAIT_MS = 20_000;
/** A command that ends in time is told, although its login took a while. */
const MARGIN_MS = 5_000;

const WHAT = 'SSH connection';

/** Rows 168 to 174: hosts on which commands are run, and the keys they must show. */
@ApiTags('ssh')
@Controller('api/v1/ssh-connections')
export class SshConnectionsController {
  constructor(
    private readonly commands: CommandPath,
    private readonly connections: SshConnectionQueries,
    private readonly secrets: SecretQueries,
    private readonly endings: TaskEndings,
    private readonly freshness: Freshness,
  ) {}

  @Get()
  @Access('ssh:manage')
  @ApiOkResponse({ type: [ShownSshConnectionDto] })
  async list(@CurrentCall() call: Call, @Query() query: SshConnectionListQueryDto): Promise<ShownSshConnectionDto[]> {
    await this.freshness.seen(SSH_CONNECTIONS, query.at_least);
    const { name, limit, offset } = query;
    const { connections, total } = await this.connections.list({ name, limit, offset });
    announcePage(call, { total, limit, offset });
    return connections.map(presentSshConnection);
  }

  @Post()
  @Access('ssh:manage')
  @ApiCreatedResponse({ type: ShownSshConnectionDto })
  async create(@CurrentCall() call: Call, @Body() body: NewSshConnectionDto): Promise<ShownSshConnectionDto> {
    requireMayLeadSecrets(call.principal, undefined, body);
    await this.requireSecrets(body);
    const { connection_id } = await this.commands.send(call, createSshConnection, body, { models: [SSH_CONNECTIONS] });
    return this.fresh(connection_id);
  }

  @Get(':id')
  @Access('ssh:manage')
  @ApiOkResponse({ type: ShownSshConnectionDto })
  async show(@Param('id') param: string, @Query() { at_least }: SshConnectionQueryDto): Promise<ShownSshConnectionDto> {
    const connection_id = pathId(param, WHAT);
    await this.freshness.seen(SSH_CONNECTIONS, at_least);
    return shown(await this.connections.find(connection_id));
  }

  @Put(':id')
  @Access('ssh:manage')
  @ApiOkResponse({ type: ShownSshConnectionDto })
  async change(
    @CurrentCall() call: Call,
    @Param('id') param: string,
    @Body() body: SshConnectionChangesDto,
  ): Promise<ShownSshConnectionDto> {
    const connection_id = pathId(param, WHAT);
    const before = await this.connections.fresh(connection_id);
    if (!before) throw notFound(WHAT);
    requireMayLeadSecrets(call.principal, before, body);
    await this.requireSecrets(body);
    await this.commands.send(call, changeSshConnection, { ...body, connection_id }, WRITE);
    return this.fresh(connection_id);
  }

  @Delete(':id')
  @Access('ssh:manage')
  @ApiOkResponse({ type: DeletedDto })
  async remove(@CurrentCall() call: Call, @Param('id') param: string): Promise<DeletedDto> {
    const connection_id = pathId(param, WHAT);
    const { deleted_at } = await this.commands.send(call, deleteSshConnection, { connection_id }, WRITE);
    return { deleted: true, id: connection_id, deleted_at };
  }

  /** Connects, checks the key of the host and logs in; runs nothing. */
  @Post(':id/test')
  @HttpCode(200)
  @Access('ssh:manage')
  @ApiOkResponse({ type: SshTestReportDto })
  async test(
    @CurrentCall() call: Call,
    @Param('id') param: string,
    @Body() body: SshTestDto,
  ): Promise<SshTestReportDto> {
    const connection_id = pathId(param, WHAT);
    const options = { ...WRITE, timeoutMs: TEST_TIMEOUT_MS };
    return this.commands.send(call, testSshConnection, { ...body, connection_id }, options);
  }

  /** Runs a command as a task. Answers when it has ended, or by 202 with the task that goes on. */
  @Post(':id/execute')
  @HttpCode(200)
  @Access('ssh:manage')
  @ApiOkResponse({ type: SshExecutionDto })
  @ApiAcceptedResponse({ type: SshExecutionDto })
  async execute(
    @CurrentCall() call: Call,
    @Param('id') param: string,
    @Body() body: SshCommandDto,
  ): Promise<SshExecutionDto> {
    const connection_id = pathId(param, WHAT);
    const options = { ...WRITE, models: [TASKS] };
    const { task_id } = await this.commands.send(call, executeSshCommand, { ...body, connection_id }, options);
    const wait = Math.min(LONGEST_WAIT_MS, body.timeout_seconds * 1_000 + MARGIN_MS);
    const task = await this.endings.endOf(task_id, call.respondAsync ? 0 : wait);
    const execution = presentSshExecution(task_id, task);
    if (execution.success === null) call.reply.code(202);
    return execution;
  }

  /** @throws Problem 422 for a secret that there is not */
  private async requireSecrets(body: NewSshConnectionDto | SshConnectionChangesDto): Promise<void> {
    for (const field of ['secret_id', 'passphrase_secret_id'] as const) {
      const id = body[field];
      if (id && !(await this.secrets.fresh(id))) throw invalidField(`/${field}`, 'names no secret of the vault');
    }
  }

  private async fresh(id: string): Promise<ShownSshConnectionDto> {
    return shown(await this.connections.fresh(id));
  }
}

function shown(connection: SshConnectionDocument | undefined): ShownSshConnectionDto {
  if (!connection) throw notFound(WHAT);
  return presentSshConnection(connection);
}

const WRITE = {
  models: [SSH_CONNECTIONS],
  refusal: ({ rejection }: Rejection): Problem | undefined => (rejection === 'not_found' ? notFound(WHAT) : undefined),
};
