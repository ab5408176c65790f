import { join } from 'node:path';
import { allCapabilities, coordinatorStatus, type AgentDocument, type AgentTelemetry } from '@ao/contracts';
import { sqlFile, type EventReader } from '@ao/event-log';
import { streamId } from '@ao/kernel';
import { foldAsOf } from '@ao/projections';
import type { Pool } from 'pg';
import { BatchReader } from '../batch-reader';
import { RECORDED_CAPABILITIES } from '../recorded-capabilities/recorded-capability.projection';
import { AGENTS, agentProjection } from './agent.projection';
import type { AgentReadModel } from './agent.read-model';
import type { ReadModelLists } from '../read-model-lists';

/** An agent with what telemetry knows of it at this moment; `capabilities` are its profile's, then those registered for it. */
export type AgentNow = AgentDocument & AgentTelemetry;

export interface AgentFilter {
  /** A word, and the face whose word it is. */
  readonly status?: { readonly of: 'operations' | 'deployment' | 'platform'; readonly word: string };
  readonly capability?: string;
  readonly agentType?: string;
  readonly role?: string;
  readonly limit: number;
  readonly offset: number;
}

/** What an agent has done, of the tasks that were its own when they ended. */
export interface AgentWork {
  readonly completed: number;
  readonly failed: number;
  /** Mean time of the newest completed ones, from start to end; null before the first. */
  readonly milliseconds: number | null;
}

interface Telemetry {
  readonly agent_id: string;
  readonly last_seen: Date | null;
  readonly load_metrics: Readonly<Record<string, number>> | null;
  readonly health: AgentDocument['health'] | null;
}

/** What a card is made of. */
export const CARD_MODELS = [AGENTS, RECORDED_CAPABILITIES] as const;

const AGENT_WORK = sqlFile(join(__dirname, 'sql', 'agent-work.sql'));

/** No beat was ever heard, or the moment asked for is past: telemetry keeps no history. */
export const NO_TELEMETRY: AgentTelemetry = { last_heartbeat: null, load_metrics: {} };

/** Reads of the model `agents`, joined with telemetry when they are asked, never before. */
export class AgentQueries {
  private readonly byId: BatchReader<AgentNow & AgentReadModel>;
  private readonly byAlias: BatchReader<string>;

  constructor(
    private readonly pool: Pool,
    private readonly lists: ReadModelLists,
    private readonly log: Pick<EventReader, 'readStream'>,
  ) {
    this.byId = new BatchReader((ids) => this.readMany(ids));
    this.byAlias = new BatchReader((aliases) => this.readAliases(aliases));
  }

  /** An agent that there is; one that is gone is none. */
  find(id: string): Promise<AgentNow | undefined> {
    return this.byId.load(id);
  }

  /**
   * As the log has it: for the answer to a write, which must not depend on how far the model is. What was registered for
   * the agent is as the model has it: no write to the agent changes that.
   */
  async fresh(id: string): Promise<AgentNow | undefined> {
    const [found, telemetry, known] = await Promise.all([
      foldAsOf(this.log, agentProjection, streamId('agent', id), { position: Number.MAX_SAFE_INTEGER }),
      this.telemetryOf([id]),
      this.byId.load(id),
    ]);
    if (!found || found.document.lifecycle === 'deleted') return undefined;
    return agentNow({ ...found.document, recorded: known?.recorded ?? [] }, telemetry.get(id));
  }

  /** The id behind a caller's own id, as far as the model knows. */
  idOfAlias(alias: string): Promise<string | undefined> {
    return this.byAlias.load(alias);
  }

  async list(filter: AgentFilter): Promise<{ agents: AgentNow[]; total: number }> {
    const { rows, total } = await this.lists.agents(filter);
    const telemetry = await this.telemetryOf(rows.map(({ id }) => id));
    return { agents: rows.map(({ id, document }) => agentNow(document, telemetry.get(id))), total };
  }

  /** Of every agent asked for. */
  async workOf(ids: readonly string[]): Promise<Map<string, AgentWork>> {
    if (ids.length === 0) return new Map();
    const { rows } = await this.pool.query<AgentWork & { id: string }>({
      name: 'agent_work',
      text: AGENT_WORK,
      values: [ids],
    });
    return new Map(rows.map(({ id, ...work }) => [id, work]));
  }

  /** How many agents take tasks or are busy with them. */
  async countActive(): Promise<number> {
    const { rows } = await this.pool.query<{ counter: string; value: number }>({
      name: 'count_active_agents',
      text: 'select counter, value from read_models.agent_counters',
    });
    const active = new Set(
      (['active', 'busy'] satisfies ReturnType<typeof coordinatorStatus>[]).map((s) => `status.${s}`),
    );
    return rows.reduce((sum, { counter, value }) => (active.has(counter) ? sum + value : sum), 0);
  }

  private async readMany(ids: readonly string[]): Promise<Map<string, AgentNow & AgentReadModel>> {
    const { rows } = await this.pool.query<Telemetry & { id: string; document: AgentReadModel }>({
      name: 'find_agents',
      text: `select a.id, a.document, l.last_seen, l.load_metrics, l.health
               from read_models.agents a left join telemetry.agent_liveness l on l.agent_id = a.id
              where a.id = any($1) and a.lifecycle <> 'deleted'`,
      values: [ids],
    });
    return new Map(rows.map((row) => [row.id, agentNow(row.document, row)]));
  }

  private async readAliases(aliases: readonly string[]): Promise<Map<string, string>> {
    const { rows } = await this.pool.query<{ external_id: string; id: string }>({
      name: 'find_agent_aliases',
      text: `select external_id, id from read_models.agents where external_id = any($1) and lifecycle <> 'deleted'`,
      values: [aliases],
    });
    return new Map(rows.map(({ external_id, id }) => [external_id, id]));
  }

  private async telemetryOf(ids: readonly string[]): Promise<Map<string, Telemetry>> {
    const { rows } = await this.pool.query<Telemetry>({
      name: 'find_agent_telemetry',
      text: 'select agent_id, last_seen, load_metrics, health from telemetry.agent_liveness where agent_id = any($1)',
      values: [ids],
    });
    return new Map(rows.map((row) => [row.agent_id, row]));
  }
}

/** Health is what the agent last reported of itself; until it does, what the log says. */
function agentNow(
  document: AgentReadModel,
  telemetry: Omit<Telemetry, 'agent_id'> | undefined,
): AgentNow & AgentReadModel {
  const agent = { ...document, capabilities: allCapabilities(document.capabilities, document.recorded) };
  if (!telemetry) return { ...agent, ...NO_TELEMETRY };
  return {
    ...agent,
    health: telemetry.health ?? agent.health,
    last_heartbeat: telemetry.last_seen?.toISOString() ?? null,
    load_metrics: telemetry.load_metrics ?? {},
  };
}
