import type { RecordedEvent } from '@ao/event-log';
import { idOf, isId } from '@ao/kernel';
import type { ClientBase } from 'pg';

/** How many triggers stand before something. */
export interface Link {
  readonly ref: string;
  readonly depth: number;
}

/**
 * What an event goes back to: the request or the firing that set it in motion, what it is about, and the run or task it names.
 * An agent completes a task by a request of its own, so the task must tell where it came from.
 */
function refsOf(event: RecordedEvent): string[] {
  const { correlation_id, causation_id } = event.metadata;
  const { run_id, task_id } = event.data as { run_id?: unknown; task_id?: unknown };
  const refs = [correlation_id, causation_id, idOf(event.stream_id), run_id, task_id];
  return refs.filter((ref): ref is string => typeof ref === 'string' && isId(ref));
}

/** The depth of each event of a batch, by its position; what an event is about is as deep as the event from then on. */
export async function depthsOf(
  client: ClientBase,
  events: readonly RecordedEvent[],
): Promise<ReadonlyMap<number, number>> {
  const depths = new Map<number, number>();
  if (events.length === 0) return depths;
  const refs = new Set(events.flatMap(refsOf));
  const { rows } = await client.query<Link>({
    name: 'trigger_chains_read',
    text: 'select ref, depth from workflows.trigger_chains where ref = any($1::uuid[])',
    values: [[...refs]],
  });
  if (rows.length === 0) return depths;
  const known = new Map(rows.map(({ ref, depth }) => [ref, depth]));
  const learned: Link[] = [];
  for (const event of events) {
    const depth = Math.max(0, ...refsOf(event).map((ref) => known.get(ref) ?? 0));
    if (depth === 0) continue;
    depths.set(event.position, depth);
    const subject = idOf(event.stream_id);
    // Agents and alerts outlive what touches them: with them everything would hang together one day.
    if (event.category !== 'task' && event.category !== 'run' && event.category !== 'approval') continue;
    const { correlation_id } = event.metadata;
    // What a run does next follows from whatever moved it on: the request of an agent that ended one of its tasks.
    const refs = event.category === 'run' && isId(correlation_id) ? [subject, correlation_id] : [subject];
    for (const ref of refs) {
      if ((known.get(ref) ?? 0) >= depth) continue;
      known.set(ref, depth);
      learned.push({ ref, depth });
    }
  }
  await saveLinks(client, learned, events.at(-1)!.recorded_at);
  return depths;
}

/** Kept for a week: a row of triggers that takes longer begins anew. */
export async function saveLinks(client: ClientBase, links: readonly Link[], at: string): Promise<void> {
  if (links.length === 0) return;
  await client.query({
    name: 'trigger_chains_sweep',
    text: `delete from workflows.trigger_chains where at < $1::timestamptz - interval '7 days'`,
    values: [at],
  });
  await client.query({
    name: 'trigger_chains_save',
    text: `insert into workflows.trigger_chains as c (ref, depth, at)
           select ref, max(depth), $2 from json_to_recordset($1::json) as r(ref uuid, depth smallint) group by ref
           on conflict (ref) do update set depth = greatest(c.depth, excluded.depth), at = excluded.at`,
    values: [JSON.stringify(links), at],
  });
}
