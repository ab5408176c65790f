import {
  cancelApproval,
  changeApproval,
  decideApproval,
  requestApproval,
  type ApprovalDocument,
  type Approver,
} from '@ao/contracts';
import type { Rejection } from '@ao/kernel';
import { Body, Controller, Get, HttpCode, Param, Post, Put, Query } from '@nestjs/common';
import { ApiCreatedResponse, ApiOkResponse, ApiTags } from '@nestjs/swagger';
import { CommandPath } from '../../commands/command-path';
import { Access } from '../../http/access';
import { CurrentCall, type Call } from '../../http/call';
import { answerableFor } from '../../http/principal';
import { invalidField, type Problem } from '../../http/problem';
import { APPROVALS } from '../../projections/approvals/approval.projection';
import { ApprovalQueries } from '../../projections/approvals/approval.queries';
import { Freshness } from '../../projections/moment';
import { UserQueries } from '../../projections/users/user.queries';
import { presentApproval, presentListedApproval } from './approval.presenter';
import {
  ApprovalBodyDto,
  ApprovalChangeDto,
  ApprovalDecisionDto,
  ApprovalListQueryDto,
  ApprovalQueryDto,
  ChangedApprovalDto,
  ListedApprovalDto,
  ShownApprovalDto,
} from './approval.schemas';
import { Approvers } from './approvers';
import { announcePage } from './paging';
import { notFound, pathId } from './path-id';

const WHAT = 'Approval';
const WRITE = {
  models: [APPROVALS],
  refusal: ({ code }: Rejection): Problem | undefined => (code === 'approval_not_found' ? notFound(WHAT) : undefined),
};
const SAME = 'These are the arguments that are asked about: nothing has changed';
const ASK_ANEW = 'Nobody has approved these arguments: this approval is void, ask anew with POST /api/v1/approvals';

/** Rows 163 to 167: what people decide before something is done. */
@ApiTags('approvals')
@Controller('api/v1/approvals')
export class ApprovalsController {
  constructor(
    private readonly commands: CommandPath,
    private readonly approvals: ApprovalQueries,
    private readonly users: UserQueries,
    private readonly approvers: Approvers,
    private readonly freshness: Freshness,
  ) {}

  @Post()
  @HttpCode(201)
  @Access('approvals:request')
  @ApiCreatedResponse({ type: ShownApprovalDto })
  async request(@CurrentCall() call: Call, @Body() body: ApprovalBodyDto): Promise<ShownApprovalDto> {
    const known = await this.users.findMany(body.users);
    const unknown = body.users.findIndex((id) => !known.has(id));
    if (unknown >= 0) throw invalidField(`/users/${unknown}`, 'names no user');
    const data = { ...body, requested_by: answerableFor(call.principal) };
    const { approval_id } = await this.commands.send(call, requestApproval, data, WRITE);
    call.reply.header('location', `/api/v1/approvals/${approval_id}`);
    return this.fresh(call, approval_id);
  }

  /** Those that wait, unless `status` says otherwise; without what is approved. Who may only ask sees what it asked for. */
  @Get()
  @Access('approvals:read', { or: 'approvals:request' })
  @ApiOkResponse({ type: [ListedApprovalDto] })
  async list(@CurrentCall() call: Call, @Query() query: ApprovalListQueryDto): Promise<ListedApprovalDto[]> {
    await this.freshness.seen(APPROVALS, query.at_least);
    const { status, run_id, mine, limit, offset } = query;
    const approver = await this.approverOf(call);
    // Who may decide nothing has none to decide.
    const nothing = mine && !approver;
    const filter = {
      ...{ status: status === 'all' ? undefined : status, run_id, limit, offset },
      decidable_by: mine ? approver : undefined,
      requested_by: seesAll(call) ? undefined : answerableFor(call.principal),
    };
    const { approvals, total } = nothing ? { approvals: [], total: 0 } : await this.approvals.list(filter);
    announcePage(call, { total, limit, offset });
    return approvals.map((approval) => presentListedApproval(approval, approver));
  }

  @Get(':id')
  @Access('approvals:read', { or: 'approvals:request' })
  @ApiOkResponse({ type: ShownApprovalDto })
  async show(
    @CurrentCall() call: Call,
    @Param('id') param: string,
    @Query() { at_least }: ApprovalQueryDto,
  ): Promise<ShownApprovalDto> {
    const id = pathId(param, WHAT);
    await this.freshness.seen(APPROVALS, at_least);
    const approval = await this.approvals.find(id);
    if (!approval || !(seesAll(call) || approval.requested_by === answerableFor(call.principal))) throw notFound(WHAT);
    return this.present(call, approval);
  }

  /** Other arguments than those that are asked about are for others to be asked about: the approval is void. */
  @Put(':id')
  @Access('approvals:request')
  @ApiOkResponse({ type: ChangedApprovalDto })
  async change(
    @CurrentCall() call: Call,
    @Param('id') param: string,
    @Body() body: ApprovalChangeDto,
  ): Promise<ChangedApprovalDto> {
    const data = { ...ofAsker(call, param), arguments: body.arguments };
    const { arguments_hash } = await this.commands.send(call, changeApproval, data, WRITE);
    const approval = await this.fresh(call, data.approval_id);
    const ask_anew = approval.arguments_hash !== arguments_hash;
    return { ...approval, sent_hash: arguments_hash, ask_anew, detail: ask_anew ? ASK_ANEW : SAME };
  }

  /** By who asked, or by whoever may cancel runs. */
  @Post(':id/cancel')
  @HttpCode(200)
  @Access('approvals:request')
  @ApiOkResponse({ type: ShownApprovalDto })
  async cancel(@CurrentCall() call: Call, @Param('id') param: string): Promise<ShownApprovalDto> {
    const data = ofAsker(call, param);
    await this.commands.send(call, cancelApproval, data, WRITE);
    return this.fresh(call, data.approval_id);
  }

  @Post(':id/approve')
  @HttpCode(200)
  @Access('approvals:decide')
  @ApiOkResponse({ type: ShownApprovalDto })
  approve(
    @CurrentCall() call: Call,
    @Param('id') param: string,
    @Body() body: ApprovalDecisionDto,
  ): Promise<ShownApprovalDto> {
    return this.decide(call, param, 'approve', body);
  }

  @Post(':id/reject')
  @HttpCode(200)
  @Access('approvals:decide')
  @ApiOkResponse({ type: ShownApprovalDto })
  reject(
    @CurrentCall() call: Call,
    @Param('id') param: string,
    @Body() body: ApprovalDecisionDto,
  ): Promise<ShownApprovalDto> {
    return this.decide(call, param, 'reject', body);
  }

  private async decide(
    call: Call,
    param: string,
    vote: 'approve' | 'reject',
    body: ApprovalDecisionDto,
  ): Promise<ShownApprovalDto> {
    const approval_id = pathId(param, WHAT);
    const approver = await this.approvers.of(call.principal);
    await this.commands.send(call, decideApproval, { approval_id, vote, ...body, ...approver }, WRITE);
    return this.fresh(call, approval_id);
  }

  private async approverOf({ principal }: Call): Promise<Approver | undefined> {
    return principal.permissions.has('approvals:decide') ? this.approvers.of(principal) : undefined;
  }

  private async present(call: Call, approval: ApprovalDocument): Promise<ShownApprovalDto> {
    return presentApproval(approval, await this.approverOf(call));
  }

  private async fresh(call: Call, id: string): Promise<ShownApprovalDto> {
    const approval = await this.approvals.fresh(id);
    if (!approval) throw notFound(WHAT);
    return this.present(call, approval);
  }
}

const seesAll = ({ principal }: Call) => principal.permissions.has('approvals:read');

const ofAsker = ({ principal }: Call, param: string) => ({
  approval_id: pathId(param, WHAT),
  by: answerableFor(principal),
  any: principal.permissions.has('workflows:run'),
});
