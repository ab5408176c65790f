import { lastBefore, type EventReader } from '@ao/event-log';
import type { Clock } from '@ao/kernel';
import { CLOCK, EVENT_LOG } from '@ao/platform';
import { Controller, Get, Inject, Param, Query } from '@nestjs/common';
import { ApiOkResponse, ApiTags } from '@nestjs/swagger';
import { Authentication } from '../../access/authentication';
import { dotOf, mermaidOf } from '../../graph/graph-pictures';
import { readRunHistory } from '../../graph/run-history.reader';
import { runGraph } from '../../graph/run-graph';
import { Access } from '../../http/access';
import { CurrentCall, type Call } from '../../http/call';
import { Freshness } from '../../projections/moment';
import { RUNS } from '../../projections/runs/run.projection';
import { runIds } from '../prefixed-id';
import { costCalendar } from './cost.terms';
import { notFound } from './path-id';
import { RunGraphQueryDto, ShownRunGraphDto } from './run-graph.schemas';

interface Shown {
  /** The last position it may know of. */
  readonly upTo: number;
  readonly now: number;
}

/** What really ran: from the log alone, so it is never behind, and of any moment. */
@ApiTags('workflows')
@Controller('api/v1/workflows/runs/:id/graph')
export class RunGraphController {
  constructor(
    private readonly freshness: Freshness,
    private readonly authentication: Authentication,
    @Inject(EVENT_LOG) private readonly log: EventReader,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** Every step, attempt, task, child run, approval and signal, and who led to what. Costs are for who may read costs. */
  @Get()
  @Access('workflows:read')
  @ApiOkResponse({ type: ShownRunGraphDto })
  async show(
    @CurrentCall() call: Call,
    @Param('id') param: string,
    @Query() { format, at_least, as_of }: RunGraphQueryDto,
  ): Promise<ShownRunGraphDto | string> {
    const id = runIds.of(param);
    await this.freshness.seen(RUNS, at_least);
    const { upTo, now } = await this.momentOf(as_of);
    const { history, unread } = await readRunHistory(this.log, id, upTo);
    const mayCount = call.principal.permissions.has('costs:read');
    const costs = mayCount ? costCalendar(this.authentication.settings, now) : undefined;
    const graph = history && runGraph(history, { now, unread, ...(costs && { costs }) });
    if (!graph) throw notFound('Run');
    if (format === 'json') return { ...graph, currency: costs?.currency ?? null } as ShownRunGraphDto;
    call.reply.header('content-type', 'text/plain; charset=utf-8');
    return format === 'dot' ? dotOf(graph) : mermaidOf(graph);
  }

  private async momentOf(asOf: RunGraphQueryDto['as_of']): Promise<Shown> {
    if (!asOf) return { upTo: await this.log.head(), now: this.clock.now() };
    const moment = await this.freshness.past(asOf);
    if ('position' in moment) {
      const { position } = moment;
      const [event] = position > 0 ? await this.log.read({ after: position - 1, upTo: position, limit: 1 }) : [];
      return { upTo: position, now: event ? Date.parse(event.recorded_at) : this.clock.now() };
    }
    const now = Date.parse(moment.time);
    return { upTo: await lastBefore(this.log, now, { inclusive: true }), now };
  }
}
