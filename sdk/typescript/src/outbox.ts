import { randomUUID } from 'node:crypto';
import { backoffDelay } from './backoff';
import { apiError, type ApiError } from './errors';
import type { Ack, AgentFrame, Refusal, RequestFrame } from './frames';

interface Pending {
  readonly frame: RequestFrame & { readonly id: string };
  readonly resolve: (ack: Ack) => void;
  readonly reject: (error: ApiError) => void;
  sentAt: number | undefined;
  attempts: number;
  retryTimer?: NodeJS.Timeout;
}

const ANSWER_TIMEOUT_MS = 15_000;
const BACKOFF = { baseMs: 200, capMs: 5_000 };

/**
 * Requests that must arrive: each is kept, and sent again after a reconnect, after an answer that decided nothing (429,
 * 5xx) and after long silence, until it is acknowledged or refused. The control plane recognises a repetition by the
 * lease token, so a request that arrived twice counts once.
 */
export class Outbox {
  private readonly pending = new Map<string, Pending>();
  private sweep: NodeJS.Timeout | undefined;

  constructor(private readonly send: (frame: AgentFrame) => boolean) {}

  /** Resolves when acknowledged. @throws ApiError when refused */
  deliver(frame: RequestFrame): Promise<Ack> {
    const id = randomUUID();
    return new Promise<Ack>((resolve, reject) => {
      const pending: Pending = { frame: { ...frame, id }, resolve, reject, sentAt: undefined, attempts: 0 };
      this.pending.set(id, pending);
      this.sweep ??= setInterval(() => this.resendUnanswered(), ANSWER_TIMEOUT_MS / 3).unref();
      this.transmit(pending);
    });
  }

  get size(): number {
    return this.pending.size;
  }

  /** After a reconnect: everything again, in the order it was first given. */
  resend(): void {
    for (const pending of this.pending.values()) this.transmit(pending);
  }

  /** Takes an `ack` or an `error` that names one of the requests. */
  answered(frame: Ack | Refusal): void {
    if (frame.id === null) return;
    const pending = this.pending.get(frame.id);
    if (!pending) return;
    clearTimeout(pending.retryTimer);
    if (frame.type === 'error' && (frame.status >= 500 || frame.status === 429)) {
      pending.attempts += 1;
      pending.sentAt = undefined;
      pending.retryTimer = setTimeout(() => this.transmit(pending), backoffDelay(pending.attempts, BACKOFF));
      return;
    }
    this.pending.delete(frame.id);
    if (frame.type === 'ack') pending.resolve(frame);
    else pending.reject(apiError({ status: frame.status, code: frame.code, detail: frame.detail }));
  }

  /** Forgets everything; what is forgotten never settles. */
  clear(): void {
    clearInterval(this.sweep);
    for (const pending of this.pending.values()) clearTimeout(pending.retryTimer);
    this.pending.clear();
  }

  private transmit(pending: Pending): void {
    clearTimeout(pending.retryTimer);
    pending.sentAt = this.send(pending.frame) ? performance.now() : undefined;
  }

  private resendUnanswered(): void {
    const now = performance.now();
    for (const pending of this.pending.values()) {
      if (pending.sentAt !== undefined && now - pending.sentAt > ANSWER_TIMEOUT_MS) this.transmit(pending);
    }
  }
}
