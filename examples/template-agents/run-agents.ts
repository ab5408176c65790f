import { Worker } from '@agent-orchestration/sdk';
import { templateHandlers, type AgentOptions } from './handlers';

const CONCURRENCY = 4;

/**
 * Runs every agent that an installation of a template made, in this process.
 * @throws Error when there is no such installation, or the key may not see it
 */
export async function runAgents(installationId: string, options: AgentOptions): Promise<readonly Worker[]> {
  const { baseUrl, apiKey } = options;
  const url = new URL(`/api/v1/marketplace/installations/${encodeURIComponent(installationId)}`, baseUrl);
  const headers = { ...(apiKey !== undefined && { authorization: `Bearer ${apiKey}` }) };
  const response = await fetch(url, { headers });
  if (!response.ok) throw new Error(`installation ${installationId}: the control plane answers ${response.status}`);
  const { agents } = (await response.json()) as { agents: { agent_id: string }[] };
  const handlers = templateHandlers(options);
  // By the ids that the control plane gave them: what they can do, they were made with.
  const workers = agents.map(
    ({ agent_id: agentId }) =>
      new Worker({ baseUrl, apiKey, agentId, agentType: 'worker', concurrency: CONCURRENCY, handlers }),
  );
  try {
    await Promise.all(workers.map((worker) => worker.start()));
  } catch (error) {
    await Promise.all(workers.map((worker) => worker.stop({ graceMs: 0 })));
    throw error;
  }
  return workers;
}
