import type { EventLog } from '@ao/event-log';
import { EVENT_LOG, POOL } from '@ao/platform';
import type { Pool } from 'pg';
import { made } from '../made';
import { ApprovalQueries } from '../projections/approvals/approval.queries';
import { CodeReviewQueries } from '../projections/code-reviews/code-review.queries';
import { UserQueries } from '../projections/users/user.queries';
import { ApprovalsController } from './platform/approvals.controller';
import { Approvers } from './platform/approvers';
import { CodeReviewsController } from './platform/code-reviews.controller';

/** The routes of what people decide: approvals and code reviews. */
export const approvalControllers = [ApprovalsController, CodeReviewsController];

export const approvalProviders = [
  made(ApprovalQueries, [POOL, EVENT_LOG], (pool: Pool, log: EventLog) => new ApprovalQueries(pool, log)),
  made(CodeReviewQueries, [POOL, EVENT_LOG], (pool: Pool, log: EventLog) => new CodeReviewQueries(pool, log)),
  made(Approvers, [UserQueries], (users: UserQueries) => new Approvers(users)),
];
