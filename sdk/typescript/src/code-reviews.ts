import { camelKeys, snakeKeys } from './casing';
import type { CallOptions, HttpTransport, WriteOptions } from './http';
import { everyPage } from './paging';

export type CodeReviewStatus = 'pending' | 'approved' | 'rejected';

export interface ReviewedCode {
  readonly commit?: string;
  /** In whatever form the repository's tools write it. */
  readonly diff?: string;
  readonly files?: readonly { readonly path: string; readonly additions: number; readonly deletions: number }[];
}

export interface CodeReviewTerms extends ReviewedCode {
  readonly title: string;
  readonly description?: string;
  /** Whose work it is; of an agent that asks: its own. */
  readonly agentId?: string;
  readonly taskId?: string;
  readonly runId?: string;
  readonly repository: string;
  readonly branch?: string;
  /** What the branch is compared with. */
  readonly base?: string;
}

export interface ListedCodeReview {
  readonly id: string;
  readonly title: string;
  readonly description: string;
  readonly status: CodeReviewStatus;
  readonly agentId: string | null;
  readonly taskId: string | null;
  readonly runId: string | null;
  readonly repository: string;
  readonly branch: string;
  readonly base: string;
  readonly commit: string;
  /** From 1. */
  readonly revision: number;
  readonly decision: Readonly<Record<string, unknown>> | null;
  readonly commentCount: number;
  readonly requestedBy: string;
  readonly requestedAt: string;
  readonly updatedAt: string;
}

export interface CodeReview extends ListedCodeReview, Required<ReviewedCode> {
  readonly commit: string;
  /** In the order in which they were said. */
  readonly comments: readonly ReviewComment[];
}

export interface ReviewComment {
  readonly id: string;
  readonly body: string;
  readonly file: string | null;
  readonly line: number | null;
  readonly side: 'old' | 'new' | null;
  readonly inReplyTo: string | null;
  /** The revision that was there when it was said. */
  readonly revision: number;
  readonly by: string;
  readonly at: string;
}

export interface CodeReviewFilter {
  readonly status?: CodeReviewStatus;
  readonly agentId?: string;
}

const PATH = '/api/v1/code-reviews';
const pathOf = (id: string, rest = '') => `${PATH}/${encodeURIComponent(id)}${rest}`;

/** `client.codeReviews`: what agents wrote, for people to look at. */
export class CodeReviewsApi {
  constructor(private readonly http: HttpTransport) {}

  /** The newest first, a page at a time. */
  async list(
    page: CodeReviewFilter & { readonly limit?: number; readonly offset?: number } = {},
    options: CallOptions = {},
  ): Promise<ListedCodeReview[]> {
    const query = { ...(snakeKeys(page) as Record<string, string>), at_least: this.http.position || undefined };
    const answer = await this.http.json<object[]>({ ...options, method: 'GET', path: PATH, query });
    return answer.map((review) => camelKeys<ListedCodeReview>(review));
  }

  /** All of them, page by page. */
  iterate(filter: CodeReviewFilter = {}, options: CallOptions = {}): AsyncGenerator<ListedCodeReview, void, undefined> {
    return everyPage(
      (page) => this.list({ ...filter, ...page }, options),
      ({ id }) => id,
    );
  }

  /** With its comments. @throws NotFoundError */
  async get(id: string, options: CallOptions = {}): Promise<CodeReview> {
    const query = { at_least: this.http.position || undefined };
    return reviewOf(await this.http.json<object>({ ...options, method: 'GET', path: pathOf(id), query }));
  }

  /** @throws InvalidRequestError */
  async create(terms: CodeReviewTerms, options: WriteOptions = {}): Promise<CodeReview> {
    const body = snakeKeys(terms);
    return reviewOf(await this.http.json<object>({ ...options, method: 'POST', path: PATH, body }));
  }

  /** The code as it is now, which is decided anew. @throws NotFoundError, ForbiddenError, ConflictError */
  async revise(id: string, code: Required<ReviewedCode>, options: WriteOptions = {}): Promise<CodeReview> {
    const body = snakeKeys(code);
    return reviewOf(await this.http.json<object>({ ...options, method: 'PUT', path: pathOf(id), body }));
  }

  /** With the revision that was looked at it is that and nothing newer. @throws NotFoundError, ConflictError */
  approve(
    id: string,
    decision: { readonly comment?: string; readonly revision?: number } = {},
    options: WriteOptions = {},
  ): Promise<CodeReview> {
    return this.post(id, 'approve', decision, options);
  }

  /** @throws NotFoundError, ConflictError */
  reject(
    id: string,
    decision: { readonly reason?: string; readonly revision?: number } = {},
    options: WriteOptions = {},
  ): Promise<CodeReview> {
    return this.post(id, 'reject', decision, options);
  }

  /** On all of it, a file, or a line of a file. @throws NotFoundError, InvalidRequestError */
  comment(
    id: string,
    comment: {
      readonly body: string;
      readonly file?: string;
      readonly line?: number;
      readonly side?: 'old' | 'new';
      readonly inReplyTo?: string;
    },
    options: WriteOptions = {},
  ): Promise<CodeReview> {
    return this.post(id, 'comment', comment, options);
  }

  private async post(id: string, verb: string, body: object, options: WriteOptions): Promise<CodeReview> {
    const request = { ...options, method: 'POST' as const, path: pathOf(id, `/${verb}`), body: snakeKeys(body) };
    return reviewOf(await this.http.json<object>(request));
  }
}

function reviewOf(wire: object): CodeReview {
  const review = camelKeys<CodeReview & { comments: object[] }>(wire);
  return { ...review, comments: review.comments.map((comment) => camelKeys<ReviewComment>(comment)) };
}
