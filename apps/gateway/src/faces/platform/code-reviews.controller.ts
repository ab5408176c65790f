import {
  commentOnCodeReview,
  decideCodeReview,
  requestCodeReview,
  reviseCodeReview,
  type CodeReviewDocument,
  type DataOf,
} from '@ao/contracts';
import type { Rejection } from '@ao/kernel';
import { Body, Controller, Get, HttpCode, Param, Post, Put, Query } from '@nestjs/common';
import { ApiCreatedResponse, ApiOkResponse, ApiTags } from '@nestjs/swagger';
import { notOneself } from '../../access/agent.principal';
import { CommandPath } from '../../commands/command-path';
import { Access } from '../../http/access';
import { CurrentCall, type Call } from '../../http/call';
import { answerableFor } from '../../http/principal';
import type { Problem } from '../../http/problem';
import { AgentDirectory, agentNotFound } from '../../projections/agents/agent.directory';
import { AgentQueries } from '../../projections/agents/agent.queries';
import { CODE_REVIEWS } from '../../projections/code-reviews/code-review.projection';
import { CodeReviewQueries } from '../../projections/code-reviews/code-review.queries';
import { Freshness } from '../../projections/moment';
import { RunQueries } from '../../projections/runs/run.queries';
import { TaskQueries } from '../../projections/tasks/task.queries';
import { presentCodeReview, presentListedCodeReview } from './code-review.presenter';
import {
  CodeReviewBodyDto,
  CodeReviewCommentDto,
  CodeReviewDecisionDto,
  CodeReviewListQueryDto,
  CodeReviewQueryDto,
  CodeReviewRejectionDto,
  CodeReviewRevisionDto,
  ListedCodeReviewDto,
  ShownCodeReviewDto,
} from './code-review.schemas';
import { announcePage } from './paging';
import { notFound, pathId } from './path-id';

const WHAT = 'Code review';
const WRITE = {
  models: [CODE_REVIEWS],
  refusal: ({ code }: Rejection): Problem | undefined =>
    code === 'code_review_not_found' ? notFound(WHAT) : undefined,
};

/** Rows 182 to 186: people look at code that agents wrote. */
@ApiTags('code-reviews')
@Controller('api/v1/code-reviews')
export class CodeReviewsController {
  constructor(
    private readonly commands: CommandPath,
    private readonly reviews: CodeReviewQueries,
    private readonly agents: AgentQueries,
    private readonly directory: AgentDirectory,
    private readonly freshness: Freshness,
    private readonly tasks: TaskQueries,
    private readonly runs: RunQueries,
  ) {}

  /** An agent asks about its own work. */
  @Post()
  @HttpCode(201)
  @Access('reviews:request')
  @ApiCreatedResponse({ type: ShownCodeReviewDto })
  async request(@CurrentCall() call: Call, @Body() body: CodeReviewBodyDto): Promise<ShownCodeReviewDto> {
    await this.knowWork(body);
    const data = {
      ...body,
      agent_id: await this.authorOf(call, body.agent_id),
      requested_by: answerableFor(call.principal),
    };
    const { review_id } = await this.commands.send(call, requestCodeReview, data, WRITE);
    call.reply.header('location', `/api/v1/code-reviews/${review_id}`);
    return this.fresh(review_id);
  }

  /** Without code and comments. Who may only ask sees what is its own work. */
  @Get()
  @Access('reviews:read', { or: 'reviews:request' })
  @ApiOkResponse({ type: [ListedCodeReviewDto] })
  async list(@CurrentCall() call: Call, @Query() query: CodeReviewListQueryDto): Promise<ListedCodeReviewDto[]> {
    await this.freshness.seen(CODE_REVIEWS, query.at_least);
    const { status, limit, offset } = query;
    const agent_id = query.agent_id === undefined ? undefined : await this.directory.idOf(call, query.agent_id);
    // An agent that does not exist has none.
    const nobody = query.agent_id !== undefined && agent_id === undefined;
    const author = seesAll(call) ? undefined : answerableFor(call.principal);
    const { reviews, total } = nobody
      ? { reviews: [], total: 0 }
      : await this.reviews.list({ status, agent_id, author, limit, offset });
    announcePage(call, { total, limit, offset });
    return reviews.map(presentListedCodeReview);
  }

  /** With its comments. */
  @Get(':id')
  @Access('reviews:read', { or: 'reviews:request' })
  @ApiOkResponse({ type: ShownCodeReviewDto })
  async show(
    @CurrentCall() call: Call,
    @Param('id') param: string,
    @Query() { at_least }: CodeReviewQueryDto,
  ): Promise<ShownCodeReviewDto> {
    const id = pathId(param, WHAT);
    await this.freshness.seen(CODE_REVIEWS, at_least);
    const review = await this.reviews.find(id);
    if (!review || !(seesAll(call) || isWorkOf(review, answerableFor(call.principal)))) throw notFound(WHAT);
    return presentCodeReview(review);
  }

  /** The code has changed: what was decided was decided about the code before, and it waits again. */
  @Put(':id')
  @Access('reviews:request')
  @ApiOkResponse({ type: ShownCodeReviewDto })
  async revise(
    @CurrentCall() call: Call,
    @Param('id') param: string,
    @Body() body: CodeReviewRevisionDto,
  ): Promise<ShownCodeReviewDto> {
    const { principal } = call;
    const any = principal.permissions.has('workflows:run');
    const data = { ...body, review_id: pathId(param, WHAT), by: answerableFor(principal), any };
    await this.commands.send(call, reviseCodeReview, data, WRITE);
    return this.fresh(data.review_id);
  }

  /** By whoever decides or asked; agents about their own work. */
  @Post(':id/comment')
  @HttpCode(201)
  @Access('reviews:decide', { or: 'reviews:request' })
  @ApiCreatedResponse({ type: ShownCodeReviewDto })
  async comment(
    @CurrentCall() call: Call,
    @Param('id') param: string,
    @Body() body: CodeReviewCommentDto,
  ): Promise<ShownCodeReviewDto> {
    const { principal } = call;
    const any = principal.permissions.has('reviews:decide');
    const data = { ...body, review_id: pathId(param, WHAT), by: answerableFor(principal), any };
    await this.commands.send(call, commentOnCodeReview, data, WRITE);
    return this.fresh(data.review_id);
  }

  @Post(':id/approve')
  @HttpCode(200)
  @Access('reviews:decide')
  @ApiOkResponse({ type: ShownCodeReviewDto })
  approve(
    @CurrentCall() call: Call,
    @Param('id') param: string,
    @Body() body: CodeReviewDecisionDto,
  ): Promise<ShownCodeReviewDto> {
    return this.decide(call, param, { ...body, decision: 'approve' });
  }

  @Post(':id/reject')
  @HttpCode(200)
  @Access('reviews:decide')
  @ApiOkResponse({ type: ShownCodeReviewDto })
  reject(
    @CurrentCall() call: Call,
    @Param('id') param: string,
    @Body() { reason, ...body }: CodeReviewRejectionDto,
  ): Promise<ShownCodeReviewDto> {
    return this.decide(call, param, { ...body, comment: reason, decision: 'reject' });
  }

  private async decide(
    call: Call,
    param: string,
    decided: Pick<DataOf<typeof decideCodeReview>, 'decision' | 'comment' | 'revision'>,
  ): Promise<ShownCodeReviewDto> {
    const data = { ...decided, review_id: pathId(param, WHAT), by: answerableFor(call.principal) };
    await this.commands.send(call, decideCodeReview, data, WRITE);
    return this.fresh(data.review_id);
  }

  /** Whose work is to be looked at. @throws Problem */
  private async authorOf(call: Call, reference: string | null): Promise<string | null> {
    const { principal } = call;
    const agentId = reference === null ? null : await this.directory.require(call, reference, '/agent_id');
    if (principal.kind === 'agent') {
      if (agentId !== null && agentId !== principal.actor.id) throw notOneself();
      return principal.actor.id;
    }
    if (agentId !== null && !(await this.agents.find(agentId))) throw agentNotFound('/agent_id');
    return agentId;
  }

  /** @throws Problem for a task or run that there is not */
  private async knowWork({ task_id, run_id }: CodeReviewBodyDto): Promise<void> {
    if (task_id !== null && !(await this.tasks.fresh(task_id))) throw notFound('Task', '/task_id');
    if (run_id !== null && !(await this.runs.fresh(run_id))) throw notFound('Run', '/run_id');
  }

  private async fresh(id: string): Promise<ShownCodeReviewDto> {
    const review = await this.reviews.fresh(id);
    if (!review) throw notFound(WHAT);
    return presentCodeReview(review);
  }
}

const seesAll = ({ principal }: Call) => principal.permissions.has('reviews:read');

const isWorkOf = ({ requested_by, agent_id }: CodeReviewDocument, actor: string) =>
  requested_by === actor || (agent_id !== null && actor === `agent:${agent_id}`);
