import { accept, assertNever, reject, type Command, type Decider, type Decision } from '@ao/kernel';
import type { AgentEvent, RegisterAgent, ReportAgentStatus } from '@ao/contracts';
import { isWorse, livenessAfter, stepsTo, type Liveness } from '../liveness/liveness.rules';
import { evolveAgentState, initialAgentState, isSameJson, profileOf, type AgentState } from './agent.state';

/**
 * The largest profile in bytes of JSON. An agent must fit a reply of 256 KiB together with its telemetry, and one that
 * does not would make every list that holds it unreadable.
 */
export const MAX_PROFILE_BYTES = 128 * 1024;

export type RegisterAgentCommand = Command<'RegisterAgent', RegisterAgent & { readonly agent_id: string }>;
export type ReportAgentStatusCommand = Command<
  'ReportAgentStatus',
  Pick<ReportAgentStatus, 'agent_id' | 'status'> & {
    /** The newest beat the registry knows of, for the record of a `stale`. */
    readonly last_heartbeat: string | null;
  }
>;
/** From the sweep, or from a beat of an agent that is not online: asks for a transition, which is checked again here. */
export type ChangeLivenessCommand = Command<
  'ChangeLiveness',
  | { readonly agent_id: string; readonly liveness: 'online' }
  | {
      readonly agent_id: string;
      readonly liveness: 'degraded' | 'offline';
      readonly last_heartbeat: string | null;
      /** The later of the last beat and the moment the registry began to listen. */
      readonly silent_since: string;
    }
>;
export type AgentCommand = RegisterAgentCommand | ReportAgentStatusCommand | ChangeLivenessCommand;

type Registered = Extract<AgentState, { status: 'registered' }>;

export const agentDecider: Decider<AgentState, AgentCommand, AgentEvent> = {
  initialState: initialAgentState,
  evolve: evolveAgentState,
  decide(command, state): Decision<AgentEvent> {
    switch (command.type) {
      case 'RegisterAgent':
        return register(command, state);
      case 'ReportAgentStatus':
        if (state.status === 'unregistered') return unknownAgent('report the status of', command.data.agent_id);
        return reportStatus(command, state);
      case 'ChangeLiveness':
        if (state.status === 'unregistered') return unknownAgent('change the liveness of', command.data.agent_id);
        return changeLiveness(command, state);
      default:
        return assertNever(command);
    }
  },
};

/** The refusal for an agent that no stream tells of. */
export function unknownAgent(verb: string, agentId: string) {
  return reject('not_found', 'agent_not_found', `Expected to ${verb} agent '${agentId}', but it is not registered`);
}

function register({ data, metadata }: RegisterAgentCommand, state: AgentState): Decision<AgentEvent> {
  const { agent_id, external_id } = data;
  const profile = profileOf(data, state.status === 'registered' ? state.profile.details : undefined);
  const bytes = Buffer.byteLength(JSON.stringify(profile));
  if (bytes > MAX_PROFILE_BYTES)
    return reject(
      'too_large',
      'profile_too_large',
      `Expected to register agent '${external_id}', but its profile takes ${bytes} bytes and ${MAX_PROFILE_BYTES} are allowed`,
    );
  if (state.status === 'unregistered') {
    const registered_at = metadata.time;
    return accept(
      [{ type: 'AgentRegistered', data: { ...profile, agent_id, external_id, lifecycle: 'active', registered_at } }],
      { agent_id, registered_at, created: true },
    );
  }
  const changed: AgentEvent[] = isSameJson(profile, state.profile)
    ? []
    : [{ type: 'AgentProfileChanged', data: { ...profile, agent_id, changed_at: metadata.time } }];
  return accept([...changed, ...signOfLife(state, metadata.time)], {
    agent_id,
    registered_at: state.registered_at,
    created: false,
  });
}

/**
 * The coordinator's four words (api.md section 4). An agent that says it works or could work is alive, so `active` and
 * `busy` count as a beat; `inactive` says nothing about liveness; `stale` is offline until the next sign of life.
 */
function reportStatus({ data, metadata }: ReportAgentStatusCommand, state: Registered): Decision<AgentEvent> {
  const { agent_id } = state;
  const at = metadata.time;
  const result = { agent_id, updated_at: at };
  switch (data.status) {
    case 'active': {
      const accepting = state.lifecycle === 'active' && state.load === 'idle';
      const events: AgentEvent[] = accepting ? [] : [{ type: 'AgentActivated', data: { agent_id, at } }];
      return accept([...events, ...signOfLife(state, at)], result);
    }
    case 'busy': {
      const busy = state.lifecycle === 'active' && state.load === 'busy';
      const events: AgentEvent[] = busy ? [] : [{ type: 'AgentMarkedBusy', data: { agent_id, at } }];
      return accept([...events, ...signOfLife(state, at)], result);
    }
    case 'inactive':
      return accept(state.lifecycle === 'stopped' ? [] : [{ type: 'AgentStopped', data: { agent_id, at } }], result);
    case 'stale': {
      if (state.liveness === 'offline') return accept([], result);
      const last_heartbeat = later(data.last_heartbeat ?? state.registered_at, state.alive_at);
      return accept(
        [{ type: 'AgentWentOffline', data: { agent_id, at, last_heartbeat, reason: 'marked_stale' } }],
        result,
      );
    }
    default:
      return assertNever(data.status);
  }
}

function changeLiveness({ data, metadata }: ChangeLivenessCommand, state: Registered): Decision<AgentEvent> {
  const at = metadata.time;
  if (data.liveness === 'online') return accept(signOfLife(state, at));
  const last_heartbeat = later(data.last_heartbeat ?? state.registered_at, state.alive_at);
  const silentMs = Date.parse(at) - Date.parse(later(data.silent_since, state.alive_at));
  const due = livenessAfter(silentMs, state.profile.heartbeat_interval_seconds);
  // The sweep looked a moment ago and by the profile it knew; nothing worse than what is due now may be recorded.
  const target = isWorse(data.liveness, due) ? due : data.liveness;
  return accept(stepsTo(state.liveness, target).map((liveness) => silenceEvent(liveness, state, at, last_heartbeat)));
}

function silenceEvent(liveness: Liveness, { agent_id }: Registered, at: string, last_heartbeat: string): AgentEvent {
  switch (liveness) {
    case 'degraded':
      return { type: 'AgentDegraded', data: { agent_id, at, last_heartbeat } };
    case 'offline':
      return { type: 'AgentWentOffline', data: { agent_id, at, last_heartbeat, reason: 'heartbeats_missed' } };
    case 'online':
      return { type: 'AgentCameOnline', data: { agent_id, at } };
    default:
      return assertNever(liveness);
  }
}

function signOfLife({ agent_id, liveness }: Registered, at: string): AgentEvent[] {
  return liveness === 'online' ? [] : [{ type: 'AgentCameOnline', data: { agent_id, at } }];
}

function later(left: string, right: string): string {
  return Date.parse(left) >= Date.parse(right) ? left : right;
}
