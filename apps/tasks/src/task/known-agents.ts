import type { EventReader } from '@ao/event-log';
import { reject, streamId, type Rejection } from '@ao/kernel';

/** All are forgotten then, only to bound the memory. */
const MAX_KNOWN = 100_000;

/** The agents that there are or were: the log is asked once about each. */
export class KnownAgents {
  private readonly known = new Set<string>();

  constructor(private readonly log: Pick<EventReader, 'readStream'>) {}

  /**
   * Refuses a task that is for an agent that never was: it would wait for ever.
   * @param verb for the message: `submit a task`
   * @param pointer where the requirements are in what was sent
   * @throws LogUnavailableError
   */
  async refusal(verb: string, agentId: string | undefined, pointer: string): Promise<Rejection | undefined> {
    if (agentId === undefined || this.known.has(agentId)) return undefined;
    const [first] = await this.log.readStream(streamId('agent', agentId), { limit: 1 });
    if (!first) {
      const message = `Expected to ${verb}, but it is for the agent '${agentId}', and there is no such agent`;
      return reject('invalid', 'unknown_agent', message, `${pointer}/agent_id`);
    }
    if (this.known.size >= MAX_KNOWN) this.known.clear();
    this.known.add(agentId);
    return undefined;
  }
}
