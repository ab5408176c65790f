/** How loaded an agent is at the moment of the choice. */
export interface AgentLoad {
  readonly agent_id: string;
  /** Tasks of this pool that the agent has now. */
  readonly open_leases: number;
  /** How many it takes at once. */
  readonly limit: number;
  /** What it said itself with its last heartbeat: active_connections + pending_tasks; 0 if it said nothing. */
  readonly reported: number;
}

/**
 * Which of the agents that fit gets the task: the lowest score; between equals the one that was not chosen for the
 * longest time. A score must depend on the load alone: it is computed again whenever that changes, not per task.
 */
export interface RoutingStrategy {
  /** Stands in every assignment event. */
  readonly name: string;
  score(agent: AgentLoad): number;
}
