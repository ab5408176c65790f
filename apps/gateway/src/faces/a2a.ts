import { POOL } from '@ao/platform';
import type { Pool } from 'pg';
import { made } from '../made';
import { RecordedCapabilityQueries } from '../projections/recorded-capabilities/recorded-capability.queries';
import { AgentCardsController } from './a2a/agent-cards.controller';

/** The routes by which other agents find this one, and those behind it. */
export const a2aControllers = [AgentCardsController];

export const a2aProviders = [
  made(RecordedCapabilityQueries, [POOL], (pool: Pool) => new RecordedCapabilityQueries(pool)),
];
