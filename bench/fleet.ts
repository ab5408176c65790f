import { createHash } from 'node:crypto';
import { allEvents, NO_DETAILS, type AgentAliasEvent, type AgentEvent, type CapabilityEvent } from '@ao/contracts';
import type { EventLog } from '@ao/event-log';
import { derivedId, newId, streamId } from '@ao/kernel';
import { capabilityMetadata, capabilityName } from './fleet.words';

export interface FleetOptions {
  readonly agents: number;
  readonly heartbeatIntervalSeconds: number;
  /** Capabilities of each agent. */
  readonly each: number;
  /** Names of capabilities there are. */
  readonly names: number;
  /** Different texts that these capabilities are found by. */
  readonly texts: number;
}

export interface Fleet {
  readonly agentIds: readonly string[];
  readonly capabilities: readonly string[];
}

const REGIONS = ['us-east', 'us-west', 'eu-west', 'ap-south'] as const;
const AGENTS_PER_UNIT = 20;
const CALLERS = 8;

type FleetEvent = AgentEvent | AgentAliasEvent | CapabilityEvent;

/**
 * Writes a fleet as its agents would have, had they registered and registered their capabilities: the first of each agent
 * is a word of its profile, the others are records with metadata and groups. Many agents share a unit of append.
 */
export async function fillWithFleet(log: EventLog, options: FleetOptions): Promise<Fleet> {
  const agentIds = Array.from({ length: options.agents }, () => newId()).sort();
  let next = 0;
  const write = async () => {
    while (next < agentIds.length) {
      const from = next;
      next += AGENTS_PER_UNIT;
      const streams = agentIds
        .slice(from, next)
        .flatMap((agentId, index) => registration(agentId, from + index, options));
      await append(log, streams);
    }
  };
  await Promise.all(Array.from({ length: CALLERS }, write));
  return { agentIds, capabilities: Array.from({ length: options.names }, (_, number) => capabilityName(number)) };
}

interface Stream {
  readonly stream_id: string;
  readonly event: FleetEvent;
}

function registration(agent_id: string, number: number, options: FleetOptions): Stream[] {
  const time = new Date().toISOString();
  const external_id = `fleet-${String(number).padStart(6, '0')}`;
  const own = Array.from({ length: options.each }, (_, index) => kindOf(number * options.each + index, options));
  const registered: AgentEvent = {
    type: 'AgentRegistered',
    data: {
      ...{ agent_id, external_id, name: external_id, registered_at: time, lifecycle: 'active' },
      agent_type: 'worker',
      capabilities: own.slice(0, 1).map(({ name }) => name),
      services: ['execute'],
      endpoints: { http: `http://10.${number >> 16}.${(number >> 8) & 255}.${number & 255}:9000` },
      metadata: { region: REGIONS[number % REGIONS.length]!, image: `fleet/worker:1.${number % 20}` },
      version: `1.${number % 20}.0`,
      tags: [],
      max_concurrent_tasks: 10,
      heartbeat_interval_seconds: options.heartbeatIntervalSeconds,
      details: NO_DETAILS,
    },
  };
  return [
    { stream_id: streamId('agent', agent_id), event: registered },
    {
      stream_id: streamId('agentalias', derivedId('agent-alias', external_id)),
      event: { type: 'AgentAliasReserved', data: { external_id, agent_id } },
    },
    ...own.map(({ name, metadata, groups }, index): Stream => {
      const capability_id = derivedId('capability', agent_id, name);
      const record = index === 0 ? { metadata: {}, groups: [], origin: 'agent' as const } : undefined;
      const data = { capability_id, agent_id, name, created_at: time, metadata, groups, origin: 'record' as const };
      return {
        stream_id: streamId('capability', capability_id),
        event: { type: 'CapabilityRegistered', data: { ...data, ...record } },
      };
    }),
  ];
}

function kindOf(number: number, { names, texts }: FleetOptions) {
  const text = number % texts;
  return {
    name: capabilityName(text % names),
    metadata: capabilityMetadata(text),
    groups: ['production', REGIONS[text % REGIONS.length]!],
  };
}

async function append(log: EventLog, streams: readonly Stream[]): Promise<void> {
  const command_id = newId();
  await log.append({
    streams: streams.map(({ stream_id, event: { type, data } }) => ({
      stream_id,
      events: [{ type, data, schema_version: allEvents[type].schemaVersion }],
    })),
    metadata: {
      actor: { type: 'system', id: 'bench' },
      ...{ correlation_id: command_id, causation_id: command_id, command_id },
    },
    command_hash: createHash('sha256').update(command_id).digest('hex'),
    result: {},
  });
}
