import {
  CapabilityName,
  CapabilityPattern,
  DiscoveryHealth,
  JsonObject,
  RoutingStrategyName,
  text,
  Word,
} from '@ao/contracts';
import { createZodDto } from '../../http/zod-dto';
import { z } from 'zod';
import { AtLeast, wholeNumber } from '../query.schemas';

/** An agent by any of its ids: UUID, prefixed, or the caller's own. */
const AgentRef = text(128, 1);
const Timestamp = z.iso.datetime();
const PAGE = {
  limit: wholeNumber(1_000, 1).default(100),
  offset: wholeNumber(1_000_000).default(0),
  at_least: AtLeast,
};

/** Numbers of a heartbeat's `metadata` become load metrics, beside `load`. */
const MOST_METRICS = 99;

/** `POST /api/v1/discovery/capabilities` */
export class NewCapabilityDto extends createZodDto(
  z
    .object({
      agent_id: AgentRef,
      capability: CapabilityName,
      metadata: JsonObject.default({}),
      groups: z.array(Word).max(100).default([]),
    })
    .meta({
      example: {
        agent_id: 'document-processor',
        capability: 'document.ocr',
        metadata: { supported_formats: ['pdf', 'png', 'jpg'], max_file_size_mb: 50, version: '1.0.0' },
        groups: ['production', 'us-east'],
      },
    }),
) {}

/** `GET /api/v1/discovery/capabilities`; `capability` may end in `.*`. */
export class CapabilityListQueryDto extends createZodDto(
  z.object({
    agent_id: AgentRef.optional(),
    capability: CapabilityPattern.optional(),
    group: Word.optional(),
    ...PAGE,
  }),
) {}

/** `GET /api/v1/discovery/agents`; `capability` may end in `.*`. */
export class RoutesQueryDto extends createZodDto(
  z.object({
    capability: CapabilityPattern,
    strategy: RoutingStrategyName.optional(),
    group: Word.optional(),
    limit: wholeNumber(1_000, 1).default(20),
    at_least: AtLeast,
  }),
) {}

export class PageQueryDto extends createZodDto(z.object(PAGE)) {}

/** `POST /api/v1/discovery/heartbeat` */
export class DiscoveryHeartbeatDto extends createZodDto(
  z
    .object({
      agent_id: AgentRef,
      load: z.number().min(0).max(1).optional(),
      metadata: JsonObject.refine(
        (metadata) => Object.values(metadata).filter((value) => typeof value === 'number').length <= MOST_METRICS,
        `must not have more than ${MOST_METRICS} numbers`,
      ).default({}),
    })
    .meta({ example: { agent_id: 'document-processor', load: 0.3, metadata: { active_tasks: 5, memory_mb: 512 } } }),
) {}

export const ShownCapability = z.object({
  id: z.string(),
  agent_id: z.string(),
  capability: z.string(),
  metadata: z.record(z.string(), z.unknown()),
  groups: z.array(z.string()),
  /** `agent`: the agent's own profile names it; it goes when the profile names it no more. */
  origin: z.enum(['record', 'agent']),
  created_at: Timestamp,
});
export type ShownCapability = z.infer<typeof ShownCapability>;
export class CapabilityDto extends createZodDto(z.object({ data: ShownCapability })) {}
export class CapabilitiesDto extends createZodDto(
  z.object({ data: z.object({ capabilities: z.array(ShownCapability) }) }),
) {}
export class CapabilityDeletedDto extends createZodDto(
  z.object({ data: z.object({ deleted: z.literal(true), id: z.string(), deleted_at: Timestamp }) }),
) {}
export class CapabilitiesRemovedDto extends createZodDto(
  z.object({ data: z.object({ agent_id: z.string(), removed: z.int() }) }),
) {}

const AgentNow = z.object({
  agent_id: z.string(),
  /** 0 to 1; an agent that tells none counts as idle. */
  load: z.number(),
  health: DiscoveryHealth,
  last_heartbeat: Timestamp,
});
export const ShownRoute = AgentNow.extend({ capability: z.string(), metadata: z.record(z.string(), z.unknown()) });
export type ShownRoute = z.infer<typeof ShownRoute>;
export class RoutesDto extends createZodDto(
  z.object({ data: z.object({ agents: z.array(ShownRoute), strategy: RoutingStrategyName }) }),
) {}

export const ShownHealth = AgentNow.omit({ health: true }).extend({ status: DiscoveryHealth, uptime_seconds: z.int() });
export type ShownHealth = z.infer<typeof ShownHealth>;
export class AgentHealthDto extends createZodDto(z.object({ data: ShownHealth })) {}

export class GroupsDto extends createZodDto(
  z.object({
    data: z.object({ groups: z.array(z.object({ name: z.string(), agents: z.int(), capabilities: z.int() })) }),
  }),
) {}
export const ShownGroupAgent = AgentNow.extend({ capabilities: z.array(z.string()) });
export type ShownGroupAgent = z.infer<typeof ShownGroupAgent>;
export class GroupAgentsDto extends createZodDto(z.object({ data: z.object({ agents: z.array(ShownGroupAgent) }) })) {}

export class BeatReceivedDto extends createZodDto(
  z.object({
    data: z.object({ agent_id: z.string(), received_at: Timestamp, heartbeat_interval_seconds: z.number() }),
  }),
) {}
