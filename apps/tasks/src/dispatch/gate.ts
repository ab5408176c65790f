import type { OpenTask } from '../open-task/open-task';

/** Why a task is not given out although an agent is free for it, as the API tells it. */
export interface Hold {
  /** For example `concurrency_limit`, `circuit_open`, `budget_exceeded`. */
  readonly code: string;
  readonly detail: string;
  /** What it waits for: tasks held by the same key are tried again together when the key is freed. */
  readonly key: string;
  /** When it is worth trying again even if nobody frees the key: milliseconds since the Unix epoch. */
  readonly until?: number;
}

/**
 * Something that holds tasks back beside the want of an agent: a limit, a breaker, a budget. Pure and in memory, the same
 * in every replica; only the pool's owner asks it.
 */
export interface Gate {
  /**
   * Undefined lets the task pass. Goes by its type, its concurrency key and the band of its priority alone: tasks that
   * are the same in these wait together, and one of them is asked for all.
   */
  holds(task: OpenTask): Hold | undefined;
  /** Why this agent gets nothing now, whatever the task; undefined: it may. */
  holdsAgent?(agentId: string): Hold | undefined;
  /** An agent has it now, or will have: the assignment is on its way to the log. */
  entered?(task: OpenTask, agentId: string): void;
  /** No agent has it any more. */
  left?(task: OpenTask, agentId: string): void;
  /** Counts from nothing again: this is all that agents have now. No `left` was called for what was counted before. */
  reloaded?(running: Iterable<Running>): void;
}

/** A task that an agent has, or will have. */
export interface Running {
  readonly task: OpenTask;
  readonly agent_id: string;
}

/**
 * How a gate tells that what it held may pass now: one key, or an agent, for which `holdsAgent` has another answer now.
 * The pool's model is one; telling it of a key or an agent that it has never heard of does nothing.
 */
export interface GateListener {
  freed(key: string): void;
  agentChanged(agentId: string): void;
}
