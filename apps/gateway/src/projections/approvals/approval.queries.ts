import type { ApprovalDocument, ApprovalStatus, Approver } from '@ao/contracts';
import type { EventReader } from '@ao/event-log';
import type { Pool } from 'pg';
import { DocumentReader } from '../document.reader';
import { readPage } from '../page';
import { approvalProjection } from './approval.projection';

/** Lists leave out what is approved: each may be long. */
export type ListedApproval = Omit<ApprovalDocument, 'arguments'>;

export interface ApprovalFilter {
  readonly status?: ApprovalStatus;
  readonly run_id?: string;
  /** Those that this one may decide and has not voted on yet. */
  readonly decidable_by?: Approver;
  readonly requested_by?: string;
  readonly limit: number;
  readonly offset: number;
}

/** Reads of the model `approvals`. */
export class ApprovalQueries extends DocumentReader<ApprovalDocument> {
  constructor(
    private readonly database: Pool,
    log: Pick<EventReader, 'readStream'>,
  ) {
    super(database, log, approvalProjection);
  }

  /** Those asked for first come first, for somebody waits. */
  async list(filter: ApprovalFilter): Promise<{ approvals: ListedApproval[]; total: number }> {
    const { status, run_id, decidable_by, requested_by, limit, offset } = filter;
    const { rows, total } = await readPage<{ document: ListedApproval }>(this.database, {
      name: 'approvals',
      select: `(document::jsonb - 'arguments')::json as document`,
      // The rule of `whyNotApprover`, for those who have the permission.
      from: `read_models.approvals
              where ($1::text is null or status = $1) and ($2::text is null or run_id = $2)
                and ($3::text is null or requested_by = $3)
                and ($4::text is null
                     or (allow_self or requested_by is distinct from $4) and not $4 = any(voters)
                        and (cardinality(roles) = 0 and cardinality(users) = 0
                             or $4 = any(select 'user:' || unnest(users))
                             or roles && $5::text[]))`,
      orderBy: 'requested_at, id',
      values: [status, run_id, requested_by, decidable_by?.by, decidable_by?.roles ?? []],
      ...{ limit, offset },
    });
    return { approvals: rows.map(({ document }) => document), total };
  }
}
