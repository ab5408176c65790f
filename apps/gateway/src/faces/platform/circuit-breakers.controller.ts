import {
  EVERY,
  breakerCounts,
  configureBreaker,
  deleteBreaker,
  forceBreaker,
  resetBreaker,
  type BreakerCounts,
  type BreakerDocument,
  type BreakerScope,
} from '@ao/contracts';
import { derivedId, type Rejection } from '@ao/kernel';
import { Body, Controller, Delete, Get, HttpCode, Param, Post, Query } from '@nestjs/common';
import { ApiCreatedResponse, ApiOkResponse, ApiTags } from '@nestjs/swagger';
import { CommandPath } from '../../commands/command-path';
import { Access } from '../../http/access';
import { CurrentCall, type Call } from '../../http/call';
import { Problem } from '../../http/problem';
import { AgentDirectory } from '../../projections/agents/agent.directory';
import { CIRCUIT_BREAKERS } from '../../projections/circuit-breakers/breaker.projection';
import { BreakerQueries } from '../../projections/circuit-breakers/breaker.queries';
import { Freshness } from '../../projections/moment';
import { ListQueryDto } from '../query.schemas';
import { presentBreaker } from './circuit-breaker.presenter';
import { BreakerBodyDto, BreakerListQueryDto, BreakerReasonDto, ShownBreakerDto } from './circuit-breaker.schemas';
import { announcePage } from './paging';
import { notFound } from './path-id';
import { DeletedDto } from './user.schemas';

const WRITE = {
  models: [CIRCUIT_BREAKERS],
  refusal: ({ code }: Rejection): Problem | undefined => (code === 'breaker_not_found' ? noBreaker() : undefined),
};

/** Rows 112 to 116: what keeps tasks from agents, types and targets that fail. */
@ApiTags('dispatch')
@Controller('api/v1/circuit-breakers')
export class CircuitBreakersController {
  constructor(
    private readonly commands: CommandPath,
    private readonly breakers: BreakerQueries,
    private readonly directory: AgentDirectory,
    private readonly freshness: Freshness,
  ) {}

  @Get()
  @Access('dispatch:manage')
  @ApiOkResponse({ type: [ShownBreakerDto] })
  async list(@CurrentCall() call: Call, @Query() query: BreakerListQueryDto): Promise<ShownBreakerDto[]> {
    await this.freshness.seen(CIRCUIT_BREAKERS, query.at_least);
    const { state, limit, offset } = query;
    const { breakers, total } = await this.breakers.list({ state, limit, offset });
    announcePage(call, { total, limit, offset });
    const counts = await this.countsOf(call, breakers);
    return breakers.map((breaker) => presentBreaker(breaker, counts));
  }

  /** Makes it (201), or gives the one with this name another configuration (200). */
  @Post()
  @Access('dispatch:manage')
  @ApiCreatedResponse({ type: ShownBreakerDto })
  @ApiOkResponse({ type: ShownBreakerDto })
  async configure(@CurrentCall() call: Call, @Body() body: BreakerBodyDto): Promise<ShownBreakerDto> {
    const scope = await this.scopeOf(call, body.scope);
    const { breaker_id, created } = await this.commands.send(call, configureBreaker, { ...body, scope }, WRITE);
    if (!created) call.reply.code(200);
    return this.fresh(call, breaker_id);
  }

  @Get(':name')
  @Access('dispatch:manage')
  @ApiOkResponse({ type: ShownBreakerDto })
  async show(
    @CurrentCall() call: Call,
    @Param('name') name: string,
    @Query() { at_least }: ListQueryDto,
  ): Promise<ShownBreakerDto> {
    await this.freshness.seen(CIRCUIT_BREAKERS, at_least);
    return this.shown(call, await this.breakers.find(breakerId(name)));
  }

  /** Holds back what it guards until it is forced closed or reset. */
  @Post(':name/force-open')
  @HttpCode(200)
  @Access('dispatch:manage')
  @ApiOkResponse({ type: ShownBreakerDto })
  forceOpen(
    @CurrentCall() call: Call,
    @Param('name') name: string,
    @Body() body: BreakerReasonDto,
  ): Promise<ShownBreakerDto> {
    return this.force(call, name, 'forced_open', body.reason);
  }

  /** Lets everything through, whatever fails, until it is forced open or reset. */
  @Post(':name/force-close')
  @HttpCode(200)
  @Access('dispatch:manage')
  @ApiOkResponse({ type: ShownBreakerDto })
  forceClose(
    @CurrentCall() call: Call,
    @Param('name') name: string,
    @Body() body: BreakerReasonDto,
  ): Promise<ShownBreakerDto> {
    return this.force(call, name, 'forced_closed', body.reason);
  }

  /** Closes it, and counts from nothing. */
  @Post(':name/reset')
  @HttpCode(200)
  @Access('dispatch:manage')
  @ApiOkResponse({ type: ShownBreakerDto })
  async reset(
    @CurrentCall() call: Call,
    @Param('name') name: string,
    @Body() { reason }: BreakerReasonDto,
  ): Promise<ShownBreakerDto> {
    const breaker_id = breakerId(name);
    const before = await this.breakers.fresh(breaker_id);
    const { at } = await this.commands.send(call, resetBreaker, { breaker_id, reason }, WRITE);
    const after = await this.breakers.fresh(breaker_id);
    if (after || !before) return this.shown(call, after);
    // One that another made is gone once it is closed.
    const closed = { state: 'closed', since: at, reason, retry_at: null } as const;
    return presentBreaker({ ...before, ...closed }, new Map());
  }

  @Delete(':name')
  @Access('dispatch:manage')
  @ApiOkResponse({ type: DeletedDto })
  async remove(@CurrentCall() call: Call, @Param('name') name: string): Promise<DeletedDto> {
    const breaker_id = breakerId(name);
    const { at } = await this.commands.send(call, deleteBreaker, { breaker_id }, WRITE);
    return { deleted: true, id: breaker_id, deleted_at: at };
  }

  private async force(
    call: Call,
    name: string,
    state: 'forced_open' | 'forced_closed',
    reason: string,
  ): Promise<ShownBreakerDto> {
    const breaker_id = breakerId(name);
    await this.commands.send(call, forceBreaker, { breaker_id, state, reason }, WRITE);
    return this.fresh(call, breaker_id);
  }

  private async scopeOf(call: Call, { kind, value }: BreakerScope): Promise<BreakerScope> {
    if (kind !== 'agent' || value === EVERY) return { kind, value };
    return { kind, value: await this.directory.require(call, value, '/scope/value') };
  }

  private async fresh(call: Call, id: string): Promise<ShownBreakerDto> {
    return this.shown(call, await this.breakers.fresh(id));
  }

  private async shown(call: Call, breaker: BreakerDocument | undefined): Promise<ShownBreakerDto> {
    if (!breaker) throw noBreaker();
    return presentBreaker(breaker, await this.countsOf(call, [breaker]));
  }

  /** Only the service that counts has them; its absence must not hide the breakers themselves. */
  private async countsOf(
    call: Call,
    breakers: readonly BreakerDocument[],
  ): Promise<Map<string, BreakerCounts> | undefined> {
    if (breakers.length === 0) return new Map();
    const breaker_ids = breakers.map(({ breaker_id }) => breaker_id);
    try {
      const { counts } = await this.commands.query(call, breakerCounts, { breaker_ids });
      return new Map(counts.map(({ breaker_id, ...count }) => [breaker_id, count]));
    } catch (error) {
      if (error instanceof Problem && error.status === 503) return undefined;
      throw error;
    }
  }
}

function noBreaker(): Problem {
  return notFound('Circuit breaker', '/path/name');
}

/** Streams are called by what is derived from the name. */
function breakerId(name: string): string {
  return derivedId('circuitbreaker', name.normalize('NFC'));
}
