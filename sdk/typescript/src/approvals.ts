import { camelKeys, snakeKeys } from './casing';
import type { CallOptions, HttpTransport, WriteOptions } from './http';
import { everyPage } from './paging';

export type ApprovalStatus = 'pending' | 'approved' | 'rejected' | 'expired' | 'voided';

export interface ApprovalTerms {
  readonly title: string;
  readonly description?: string;
  /** What is approved, exactly as approvers see it. */
  readonly arguments?: unknown;
  /** So many approve; one who rejects ends it. Default: 1. */
  readonly required?: number;
  /** People with one of these roles and these people may decide; neither: whoever has the permission to decide. */
  readonly roles?: readonly string[];
  readonly users?: readonly string[];
  /** Whether who asks may be among those who approve. */
  readonly allowSelf?: boolean;
  /** So long it can be decided; null: for ever. */
  readonly expiresSeconds?: number | null;
}

export interface ListedApproval extends Required<Omit<ApprovalTerms, 'arguments' | 'expiresSeconds'>> {
  readonly id: string;
  /** SHA-256 (hex) of the canonical JSON (RFC 8785) of the arguments. */
  readonly argumentsHash: string;
  readonly status: ApprovalStatus;
  /** So many have approved. */
  readonly approvals: number;
  /** Whether the caller may decide it, and has not yet. */
  readonly mayDecide: boolean;
  readonly votes: readonly {
    /** `<type>:<id>` */
    readonly by: string;
    readonly vote: 'approve' | 'reject';
    readonly comment: string;
    readonly at: string;
  }[];
  /** The step of a run that waits for it. */
  readonly run: { readonly runId: string; readonly node: string } | null;
  readonly requestedBy: string | null;
  /** Of one that is voided. */
  readonly reason: string | null;
  readonly requestedAt: string;
  readonly expiresAt: string | null;
  readonly decidedAt: string | null;
}

export interface Approval extends ListedApproval {
  /** Exactly what is approved. */
  readonly arguments: unknown;
}

export interface ApprovalFilter {
  /** Default: `pending`. */
  readonly status?: ApprovalStatus | 'all';
  readonly runId?: string;
  /** Those that the caller may decide and has not voted on. */
  readonly mine?: boolean;
}

export interface ApprovalPage extends ApprovalFilter {
  /** 1 to 200; default 50. */
  readonly limit?: number;
  readonly offset?: number;
}

export interface ApprovalDecision {
  readonly comment?: string;
  /** Of what was looked at: refused when it is not that of what is asked. */
  readonly argumentsHash?: string;
}

const PATH = '/api/v1/approvals';
const pathOf = (id: string, rest = '') => `${PATH}/${encodeURIComponent(id)}${rest}`;

/** `client.approvals`: what people must agree to. */
export class ApprovalsApi {
  constructor(private readonly http: HttpTransport) {}

  /** Those that are pending, or of another status, the newest first, a page at a time. */
  async list(page: ApprovalPage = {}, options: CallOptions = {}): Promise<ListedApproval[]> {
    const query = { ...(snakeKeys(page) as Record<string, string>), at_least: this.http.position || undefined };
    const answer = await this.http.json<object[]>({ ...options, method: 'GET', path: PATH, query });
    return answer.map((each) => approvalOf<ListedApproval>(each));
  }

  /** All of them, page by page. */
  iterate(filter: ApprovalFilter = {}, options: CallOptions = {}): AsyncGenerator<ListedApproval, void, undefined> {
    return everyPage(
      (page) => this.list({ ...filter, ...page }, options),
      ({ id }) => id,
    );
  }

  /** @throws NotFoundError */
  async get(id: string, options: CallOptions = {}): Promise<Approval> {
    const query = { at_least: this.http.position || undefined };
    return approvalOf<Approval>(await this.http.json<object>({ ...options, method: 'GET', path: pathOf(id), query }));
  }

  /** @throws InvalidRequestError */
  async create(terms: ApprovalTerms, options: WriteOptions = {}): Promise<Approval> {
    const body = snakeKeys(terms);
    return approvalOf<Approval>(await this.http.json<object>({ ...options, method: 'POST', path: PATH, body }));
  }

  /** @throws NotFoundError, ForbiddenError, ConflictError */
  approve(id: string, decision: ApprovalDecision = {}, options: WriteOptions = {}): Promise<Approval> {
    return this.post(id, 'approve', decision, options);
  }

  /** @throws NotFoundError, ForbiddenError, ConflictError */
  reject(id: string, decision: ApprovalDecision = {}, options: WriteOptions = {}): Promise<Approval> {
    return this.post(id, 'reject', decision, options);
  }

  /** By who asked: nobody needs to decide it any more. @throws NotFoundError, ForbiddenError, ConflictError */
  cancel(id: string, options: WriteOptions = {}): Promise<Approval> {
    return this.post(id, 'cancel', {}, options);
  }

  private async post(id: string, verb: string, decision: object, options: WriteOptions): Promise<Approval> {
    const request = { ...options, method: 'POST' as const, path: pathOf(id, `/${verb}`), body: snakeKeys(decision) };
    return approvalOf<Approval>(await this.http.json<object>(request));
  }
}

function approvalOf<Kind extends ListedApproval>(wire: object): Kind {
  const approval = camelKeys<Kind>(wire);
  return { ...approval, run: approval.run && camelKeys(approval.run) };
}
