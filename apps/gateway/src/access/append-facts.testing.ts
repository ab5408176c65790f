import type { EventLog } from '@ao/event-log';
import { newId } from '@ao/kernel';
import type { Fact } from './access.testing';

/** Writes facts to a log, each stream's in order, in one unit. */
export async function appendFacts(log: Pick<EventLog, 'append'>, ...facts: readonly Fact[]): Promise<void> {
  const streams = new Map<string, Fact[]>();
  for (const fact of facts) streams.set(fact.stream, [...(streams.get(fact.stream) ?? []), fact]);
  const id = newId();
  const outcome = await log.append({
    streams: [...streams].map(([stream_id, of]) => ({
      stream_id,
      events: of.map(({ contract, data }) => ({ type: contract.type, schema_version: contract.schemaVersion, data })),
    })),
    metadata: { actor: { type: 'system', id: 'test' }, correlation_id: id, causation_id: id, command_id: id },
    command_hash: '0'.repeat(64),
    result: null,
  });
  if (outcome.kind !== 'appended') throw new Error(`the facts were not appended: ${outcome.kind}`);
}
