/** Who caused a change. Ids only, never a name or an address: metadata is kept for ever. */
export interface Actor {
  readonly type: 'system' | 'operator' | 'agent' | 'anonymous' | 'user' | 'api_key' | 'oauth_client';
  readonly id: string;
}

/** What travels with every command and ends, less the deadline, in the metadata of its events. */
export interface CommandMetadata {
  readonly command_id: string;
  readonly actor: Actor;
  /** One id for everything that one request from outside set in motion. */
  readonly correlation_id: string;
  /** The command or event (`<category>@<position>`) that directly led to this command. */
  readonly causation_id: string;
  /** W3C trace context of the sender. */
  readonly traceparent?: string;
  /** Where the actor called from, sealed under its own key (`Sealed` of contracts, context `address`). */
  readonly address?: string;
  /** Unix time in milliseconds after which nobody waits for the answer any more. */
  readonly deadline?: number;
  /** True when the sender chose the command id (Idempotency-Key): then even an empty decision's answer is stored. */
  readonly idempotent?: boolean;
}

/** What stands in `metadata` of every event. */
export interface EventMetadata {
  readonly actor: Actor;
  readonly correlation_id: string;
  readonly causation_id: string;
  readonly command_id: string;
  readonly traceparent?: string;
  readonly address?: string;
}

/**
 * A command as its decider sees it: the time and the fresh ids it may use are part of it, so that deciding is pure.
 */
export interface Command<Type extends string = string, Data = unknown> {
  readonly type: Type;
  readonly data: Data;
  readonly metadata: CommandMetadata & {
    /** The time of the decision on the log's clock, ISO 8601 UTC with milliseconds. */
    readonly time: string;
    /** Fresh UUID v7s, as many as the handler promises for this command type. */
    readonly fresh_ids: readonly string[];
  };
}
