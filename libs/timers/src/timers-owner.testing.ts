/**
 * An owner of timers as a process of its own, for tests to kill: each timer appends one event, under the timer's command
 * id. TIMERS=random is the mistake the test must see: a fresh command id at each firing.
 */
import { createHash, randomUUID } from 'node:crypto';
import { createEventLog, createPool } from '@ao/event-log';
import { createTimers } from './index';

process.stdin.on('end', () => process.exit(0)).resume(); // ends with the test
const pool = createPool(process.env.DATABASE_URL!, { applicationName: `timers-${process.pid}`, max: 4 });
const log = createEventLog({ pool });
const timers = createTimers({ pool, schema: 'tasks', concurrency: 8 });
timers.start(async ({ timer_id, command_id, due_at, fired_at }) => {
  const id = process.env.TIMERS === 'random' ? randomUUID() : command_id;
  await log.append({
    streams: [
      { stream_id: `alarm-${timer_id}`, events: [{ type: 'Rang', schema_version: 1, data: { due_at, fired_at } }] },
    ],
    metadata: { actor: { type: 'system', id: 'timers' }, correlation_id: id, causation_id: id, command_id: id },
    command_hash: createHash('sha256').update(timer_id).digest('hex'),
    result: {},
  });
  console.log('fired');
  await pool.query('select pg_sleep(0.005)'); // between the effect and the end of the timer
});
