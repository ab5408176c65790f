import { evolveApproval, type ApprovalDocument, type ApprovalEvent } from '@ao/contracts';
import type { RecordedEvent } from '@ao/event-log';
import { idOf } from '@ao/kernel';
import type { Projection } from '@ao/projections';

export const APPROVALS = 'approvals';

/** One row per approval that was ever asked for. */
export const approvalProjection: Projection<ApprovalDocument> = {
  name: APPROVALS,
  version: 1,
  categories: ['approval'],
  table: 'read_models.approvals',
  key: (event) => idOf(event.stream_id),
  evolve: (approval, event) => evolveApproval(approval, event as RecordedEvent & ApprovalEvent),
  columns: ({ status, run, requested_by, roles, users, allow_self, votes, requested_at }) => ({
    ...{ status, run_id: run?.run_id ?? null, requested_by, roles, users, allow_self, requested_at },
    voters: votes.map(({ by }) => by),
  }),
};
