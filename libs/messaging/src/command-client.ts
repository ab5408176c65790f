import type { DataOf, RequestContract, ResultOf } from '@ao/contracts';
import type { CommandResult } from '@ao/event-log';
import { reject, type Clock, type CommandMetadata } from '@ao/kernel';
import { MAX_BODY_BYTES, type Bus } from './bus.types';
import { BusClosedError, BusDisconnectedError, BusPermissionError, NoResponderError } from './errors';
import { outcomeUnknown, serviceUnavailable, tooLarge } from './rejections';
import { noTracing, type Tracing } from './tracing';
import { MAX_BATCH_BYTES, MAX_BATCH_COMMANDS, decodeReplies, encodeItem, encodeRequest, type Reply } from './wire';

export interface CommandClientOptions {
  /** Milliseconds from sending to giving up, the one retry included; default 5,000. */
  readonly defaultTimeoutMs?: number;
  /** The clock on which `metadata.deadline` is told; without it deadlines in metadata are not looked at. */
  readonly clock?: Clock;
  readonly tracing?: Tracing;
  readonly onAnswered?: (answer: { name: string; outcome: string; seconds: number }) => void;
}

/**
 * Sends commands and queries. The answer is always a value:
 * - nobody answers the subject, or NATS is down: `unavailable`/`service_unavailable`, and nothing was received;
 * - no answer in time: asked once more with the same command id, then `unavailable`/`outcome_unknown` with that id
 *   (a query: `service_unavailable`);
 * - too large to travel: `too_large`.
 */
export interface CommandClient {
  send<C extends RequestContract>(
    contract: C,
    data: DataOf<C>,
    metadata: CommandMetadata,
  ): Promise<CommandResult<ResultOf<C>>>;
  query<C extends RequestContract>(
    contract: C,
    data: DataOf<C>,
    metadata: CommandMetadata,
  ): Promise<CommandResult<ResultOf<C>>>;
}

interface Waiting {
  readonly name: string;
  readonly kind: 'command' | 'query';
  readonly text: string;
  readonly bytes: number;
  readonly commandId: string;
  /** On performance.now(), like every time in this file. */
  readonly givesUpAt: number;
  readonly answer: Promise<CommandResult>;
  readonly resolve: (result: CommandResult) => void;
  answered: boolean;
  retried: boolean;
  /** Attempts that left and of which nobody said that they were not received. */
  inDoubt: number;
}

/** After NATS came back its services need a moment to listen again: so long "nobody answers" is not believed. */
const SETTLING_MS = 2_000;
const SETTLING_PAUSE_MS = 50;

export function createCommandClient(bus: Bus, options: CommandClientOptions = {}): CommandClient {
  const { defaultTimeoutMs = 5_000, clock, tracing = noTracing, onAnswered } = options;
  const queues = new Map<string, Waiting[]>();
  let settledAt = 0;
  bus.onStatus((status) => {
    if (status.kind === 'reconnected') settledAt = performance.now() + SETTLING_MS;
  });

  function ask<C extends RequestContract>(contract: C, data: DataOf<C>, metadata: CommandMetadata) {
    const { name } = contract;
    const started = performance.now();
    return tracing.around(
      { kind: 'client', name: `send ${name}`, attributes: { 'ao.command_id': metadata.command_id } },
      metadata.traceparent,
      async (traceparent) => {
        const result = await enqueue(contract, data, { ...metadata, ...(traceparent ? { traceparent } : {}) });
        const outcome = result.kind === 'done' ? 'done' : result.code;
        onAnswered?.({ name, outcome, seconds: (performance.now() - started) / 1000 });
        return result as CommandResult<ResultOf<C>>;
      },
    );
  }

  async function enqueue({ name, kind, gatherMs }: RequestContract, data: unknown, metadata: CommandMetadata) {
    const timeoutMs =
      clock && metadata.deadline !== undefined ? Math.max(1, metadata.deadline - clock.now()) : defaultTimeoutMs;
    const deadline = metadata.deadline ?? (clock ? Math.round(clock.now() + timeoutMs) : undefined);
    let text: string;
    try {
      text = encodeItem(data, deadline === undefined ? metadata : { ...metadata, deadline });
    } catch (error) {
      if (!(error instanceof RangeError)) throw error;
      return reject('invalid', 'too_deep', `Expected to ${name}, but its data is nested too deeply`);
    }
    const bytes = Buffer.byteLength(text);
    if (bytes > MAX_BODY_BYTES) return tooLarge(name, bytes, MAX_BODY_BYTES);
    const item = waiting(name, kind, text, bytes, metadata.command_id, performance.now() + timeoutMs);
    // Answers to queries may be large, so each travels alone; commands of one tick travel together.
    if (kind === 'query') void exchange([item]);
    else addToBatch(item, gatherMs);
    return item.answer;
  }

  function addToBatch(item: Waiting, gatherMs: number | undefined): void {
    const queue = queues.get(item.name);
    if (queue) {
      queue.push(item);
      return;
    }
    queues.set(item.name, [item]);
    const send = () => {
      const items = queues.get(item.name) ?? [];
      queues.delete(item.name);
      for (const batch of batchesOf(items)) void exchange(batch);
    };
    // Without a timer it runs once the input of this turn of the event loop is read: what came in together travels together.
    if (gatherMs === undefined) setImmediate(send);
    else setTimeout(send, gatherMs);
  }

  /** Sees that every item has its answer by the time it gives up. Never rejects. */
  async function exchange(items: readonly Waiting[]): Promise<void> {
    const givesUpAt = Math.min(...items.map((item) => item.givesUpAt));
    const halfTime = performance.now() + (givesUpAt - performance.now()) / 2;
    if (await bus.connected(halfTime - performance.now())) {
      await settled(attempt(items, halfTime, givesUpAt), halfTime, 'or the connection breaks');
      const open = items.filter((item) => !item.answered);
      if (open.length === 0) return;
      for (const item of open) item.retried = true;
      // The first attempt's answer still counts while the second is under way.
      if (await bus.connected(givesUpAt - performance.now())) void attempt(open, givesUpAt, givesUpAt);
      await settled(Promise.all(open.map((item) => item.answer)), givesUpAt);
    }
    for (const item of items) giveUp(item);
  }

  /** Resolves when `work` is done, at the latest at `until`; leaves no listener or timer behind. */
  function settled(work: Promise<unknown>, until: number, orBroken?: 'or the connection breaks'): Promise<void> {
    return new Promise((resolve) => {
      const end = () => {
        clearTimeout(timer);
        off?.();
        resolve();
      };
      const timer = setTimeout(end, Math.max(0, until - performance.now()));
      const off = orBroken && bus.onStatus((status) => status.kind === 'disconnected' && end());
      void work.then(end);
    });
  }

  /** One message and its answer; what it leaves open is for `exchange` to decide. Never rejects. */
  async function attempt(items: readonly Waiting[], waitsUntil: number, givesUpAt: number): Promise<void> {
    const name = items[0]?.name ?? '';
    for (;;) {
      const now = performance.now();
      const text = encodeRequest(
        items.map((item) => item.text),
        items.length > 1 ? waitsUntil - now : undefined,
      );
      for (const item of items) item.inDoubt += 1;
      try {
        const answer = await bus.requestText(name, text, { timeoutMs: givesUpAt - now });
        const replies = decodeReplies(name, answer, items.length);
        items.forEach((item, index) => take(item, replies[index]));
        return;
      } catch (error) {
        const notReceived =
          error instanceof NoResponderError ||
          error instanceof BusDisconnectedError ||
          error instanceof BusClosedError ||
          error instanceof BusPermissionError;
        if (!notReceived) return;
        for (const item of items) item.inDoubt -= 1;
        if (error instanceof NoResponderError && performance.now() < Math.min(settledAt, waitsUntil)) {
          await new Promise((resolve) => setTimeout(resolve, SETTLING_PAUSE_MS));
          continue;
        }
        if (error instanceof BusDisconnectedError) return;
        for (const item of items) if (item.inDoubt === 0) settle(item, serviceUnavailable(name, whyNot(error)));
        return;
      }
    }
  }

  return { send: ask, query: ask };
}

function waiting(
  name: string,
  kind: 'command' | 'query',
  text: string,
  bytes: number,
  commandId: string,
  givesUpAt: number,
): Waiting {
  let resolve: (result: CommandResult) => void = () => undefined;
  const answer = new Promise<CommandResult>((done) => (resolve = done));
  return {
    name,
    kind,
    text,
    bytes,
    commandId,
    givesUpAt,
    answer,
    resolve,
    answered: false,
    retried: false,
    inDoubt: 0,
  };
}

function take(item: Waiting, reply: Reply | undefined): void {
  if (!reply) return;
  if (reply.ok) return settle(item, { kind: 'done', result: reply.result, position: reply.position });
  // The service itself could not tell: worth the one retry, which finds the stored answer if there is one.
  if (reply.rejection.code === 'outcome_unknown' && !item.retried) return;
  settle(item, reply.rejection);
}

function giveUp(item: Waiting): void {
  if (item.inDoubt === 0) settle(item, serviceUnavailable(item.name, 'the message bus is down'));
  else if (item.kind === 'query') settle(item, serviceUnavailable(item.name, 'no answer came in time'));
  else settle(item, outcomeUnknown(item.name, item.commandId, 'no answer came in time'));
}

function settle(item: Waiting, result: CommandResult): void {
  if (item.answered) return;
  item.answered = true;
  item.resolve(result);
}

function whyNot(error: Error): string {
  if (error instanceof NoResponderError) return 'no service answers it';
  if (error instanceof BusPermissionError) return 'this service may not send it';
  return 'the message bus is closed';
}

function batchesOf(items: readonly Waiting[]): Waiting[][] {
  const batches: Waiting[][] = [];
  let batch: Waiting[] = [];
  let bytes = 0;
  for (const item of items) {
    if (batch.length === MAX_BATCH_COMMANDS || (batch.length > 0 && bytes + item.bytes > MAX_BATCH_BYTES)) {
      batches.push(batch);
      batch = [];
      bytes = 0;
    }
    batch.push(item);
    bytes += item.bytes + 1;
  }
  if (batch.length > 0) batches.push(batch);
  return batches;
}
