import {
  accept,
  assertNever,
  isSameJson,
  reject,
  type Command,
  type Decider,
  type Decision,
  type Rejection,
} from '@ao/kernel';
import type {
  AgentEvent,
  AgentProfile,
  ChangeAgent,
  DeregisterAgent,
  RegisterAgent,
  ReportAgentStatus,
} from '@ao/contracts';
import { later, stepsOfSilence, type Liveness } from '../liveness/liveness.rules';
import { changedProfile, profileOf } from './agent.profile';
import { evolveAgentState, initialAgentState, type AgentState, type RegisteredAgent } from './agent.state';

/**
 * The largest profile in bytes of JSON. An agent must fit a reply of 256 KiB together with its telemetry, and one that
 * does not would make every list that holds it unreadable.
 */
export const MAX_PROFILE_BYTES = 128 * 1024;

export type RegisterAgentCommand = Command<'RegisterAgent', RegisterAgent & { readonly agent_id: string }>;
/** An agent that somebody makes, under an id of ours. */
export type CreateAgentCommand = Command<
  'CreateAgent',
  {
    readonly agent_id: string;
    readonly profile: AgentProfile;
    readonly lifecycle: 'initializing' | 'active';
    readonly external_id?: string;
  }
>;
export type ChangeAgentCommand = Command<'ChangeAgent', ChangeAgent>;
export type DeregisterAgentCommand = Command<'DeregisterAgent', DeregisterAgent>;
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
export type AgentCommand =
  | RegisterAgentCommand
  | CreateAgentCommand
  | ChangeAgentCommand
  | DeregisterAgentCommand
  | ReportAgentStatusCommand
  | ChangeLivenessCommand;

export const agentDecider: Decider<AgentState, AgentCommand, AgentEvent> = {
  initialState: initialAgentState,
  evolve: evolveAgentState,
  decide(command, state): Decision<AgentEvent> {
    const { agent_id } = command.data;
    switch (command.type) {
      case 'RegisterAgent':
        if (state.status === 'deleted') return unknownAgent('register', agent_id);
        return register(command, state);
      case 'CreateAgent':
        return create(command, state);
      case 'ChangeAgent':
        if (state.status !== 'registered') return unknownAgent('change', agent_id);
        return change(command, state);
      case 'DeregisterAgent':
        if (state.status !== 'registered') return unknownAgent('deregister', agent_id);
        return deregister(command, state);
      case 'ReportAgentStatus':
        if (state.status !== 'registered') return unknownAgent('report the status of', agent_id);
        return reportStatus(command, state);
      case 'ChangeLiveness':
        if (state.status !== 'registered') return unknownAgent('change the liveness of', agent_id);
        return changeLiveness(command, state);
      default:
        return assertNever(command);
    }
  },
};

/** The refusal for an agent that no stream tells of, or of which the last thing told is that it is gone. */
export function unknownAgent(verb: string, agentId: string) {
  return reject('not_found', 'agent_not_found', `Expected to ${verb} agent '${agentId}', but it is not registered`);
}

function register(
  { data, metadata }: RegisterAgentCommand,
  state: Exclude<AgentState, { status: 'deleted' }>,
): Decision<AgentEvent> {
  const { agent_id, external_id } = data;
  const profile = profileOf(data, state.status === 'registered' ? state.profile.details : undefined);
  const refused = tooLarge('register', external_id, profile);
  if (refused) return refused;
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

function create({ data, metadata }: CreateAgentCommand, state: AgentState): Decision<AgentEvent> {
  const { agent_id, external_id, lifecycle } = data;
  if (state.status !== 'unregistered')
    return reject('conflict', 'agent_exists', `Expected to create agent '${agent_id}', but it exists`);
  const profile = profileOf(data.profile);
  const refused = tooLarge('create', agent_id, profile);
  if (refused) return refused;
  const registered_at = metadata.time;
  const known = external_id === undefined ? {} : { external_id };
  return accept([{ type: 'AgentRegistered', data: { ...profile, agent_id, ...known, lifecycle, registered_at } }], {
    agent_id,
    registered_at,
    revision: 1,
  });
}

function change({ data, metadata }: ChangeAgentCommand, state: RegisteredAgent): Decision<AgentEvent> {
  const { agent_id, revision } = state;
  const refused = otherRevision('change', data, state);
  if (refused) return refused;
  const profile = changedProfile(state.profile, data.changes);
  const large = tooLarge('change', agent_id, profile);
  if (large) return large;
  if (isSameJson(profile, state.profile)) return accept([], { agent_id, revision, updated_at: state.updated_at });
  const changed_at = metadata.time;
  return accept([{ type: 'AgentProfileChanged', data: { ...profile, agent_id, changed_at } }], {
    agent_id,
    revision: revision + 1,
    updated_at: changed_at,
  });
}

function deregister({ data, metadata }: DeregisterAgentCommand, state: RegisteredAgent): Decision<AgentEvent> {
  const { agent_id } = state;
  const at = metadata.time;
  const refused = otherRevision('deregister', data, state);
  if (refused) return refused;
  return accept([{ type: 'AgentDeregistered', data: { agent_id, at } }], { agent_id, deleted_at: at });
}

function otherRevision(
  verb: string,
  { expected_revision }: { readonly expected_revision?: number | undefined },
  { agent_id, revision }: RegisteredAgent,
): Rejection | undefined {
  if (expected_revision === undefined || expected_revision === revision) return undefined;
  return reject(
    'precondition_failed',
    'revision_differs',
    `Expected to ${verb} agent '${agent_id}' at revision ${expected_revision}, but it is at ${revision}`,
  );
}

function tooLarge(verb: string, name: string, profile: AgentProfile): Rejection | undefined {
  const bytes = Buffer.byteLength(JSON.stringify(profile));
  if (bytes <= MAX_PROFILE_BYTES) return undefined;
  return reject(
    'too_large',
    'profile_too_large',
    `Expected to ${verb} agent '${name}', but its profile takes ${bytes} bytes and ${MAX_PROFILE_BYTES} are allowed`,
  );
}

/**
 * The coordinator's four words (api.md section 4). An agent that says it works or could work is alive, so `active` and
 * `busy` count as a beat; `inactive` says nothing about liveness; `stale` is offline until the next sign of life.
 */
function reportStatus({ data, metadata }: ReportAgentStatusCommand, state: RegisteredAgent): Decision<AgentEvent> {
  const { agent_id } = state;
  const at = metadata.time;
  const result = { agent_id, updated_at: at };
  switch (data.status) {
    case 'active': {
      const accepting = state.lifecycle === 'active' && state.load === 'idle';
      const events: AgentEvent[] = accepting ? [] : [{ type: 'AgentActivated', data: { agent_id, at } }];
      return accept([...events, ...cameOnline(state, at)], result);
    }
    case 'busy': {
      const busy = state.lifecycle === 'active' && state.load === 'busy';
      const events: AgentEvent[] = busy ? [] : [{ type: 'AgentMarkedBusy', data: { agent_id, at } }];
      return accept([...events, ...cameOnline(state, at)], result);
    }
    case 'inactive':
      return accept(state.lifecycle === 'stopped' ? [] : [{ type: 'AgentStopped', data: { agent_id, at } }], result);
    case 'stale': {
      if (state.liveness === 'offline' || state.liveness === 'unknown') return accept([], result);
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

function changeLiveness({ data, metadata }: ChangeLivenessCommand, state: RegisteredAgent): Decision<AgentEvent> {
  const at = metadata.time;
  if (data.liveness === 'online') return accept(signOfLife(state, at));
  // Nobody misses who was never heard of.
  if (state.liveness === 'unknown') return accept([]);
  const last_heartbeat = later(data.last_heartbeat ?? state.registered_at, state.alive_at);
  const silentMs = Date.parse(at) - Date.parse(later(data.silent_since, state.alive_at));
  const steps = stepsOfSilence(state.liveness, data.liveness, silentMs, state.profile.heartbeat_interval_seconds);
  return accept(steps.map((liveness) => silenceEvent(liveness, state, at, last_heartbeat)));
}

function silenceEvent(
  liveness: Liveness,
  { agent_id }: RegisteredAgent,
  at: string,
  last_heartbeat: string,
): AgentEvent {
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

/** Who is heard of is there: that activates an agent that was waiting for it, and ends a silence. */
function signOfLife(state: RegisteredAgent, at: string): AgentEvent[] {
  const { agent_id, lifecycle } = state;
  const activated: AgentEvent[] =
    lifecycle === 'initializing' ? [{ type: 'AgentActivated', data: { agent_id, at } }] : [];
  return [...activated, ...cameOnline(state, at)];
}

function cameOnline({ agent_id, liveness }: RegisteredAgent, at: string): AgentEvent[] {
  return liveness === 'online' ? [] : [{ type: 'AgentCameOnline', data: { agent_id, at } }];
}
