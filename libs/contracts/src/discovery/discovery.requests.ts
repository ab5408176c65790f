import { z } from 'zod';
import { query } from '../contract';
import { AgentDocument, AgentTelemetry } from '../registry/agent.document';
import { ReportedStatus } from '../registry/agent.requests';
import { Word } from '../text';

/** Agents that fit every filter given; capabilities and services: all of them. */
export const findAgents = query(
  'discovery.find_agents',
  z.object({
    /** The coordinator's word for the agent's condition. */
    status: ReportedStatus.optional(),
    agent_type: Word.optional(),
    capabilities: z.array(Word).max(100).default([]),
    services: z.array(Word).max(100).default([]),
    /** Replies are paged: the log position the answer must have seen, a page's size, and the last id of the page before. */
    at_least: z.int().optional(),
    limit: z.int().min(1).max(500).default(200),
    after: z.string().optional(),
  }),
  z.object({
    agents: z.array(AgentDocument.extend(AgentTelemetry.shape)),
    next: z.string().nullable(),
    as_of: z.int(),
  }),
);
