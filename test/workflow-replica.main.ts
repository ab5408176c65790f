/**
 * A replica of workflows as a process of its own that kills itself (CRASH) at one place the second time that it comes there.
 * FAULT=done-first is the mistake that the test must see: what is to be begun is written as begun before it is.
 */
import { allEvents, eventUpcasters } from '@ao/contracts';
import {
  createCommandShell,
  createEventLog,
  createPool,
  createSubscriptions,
  defineUpcasters,
  type CommandShell,
  type OwnedSubscription,
  type Subscriptions,
} from '@ao/event-log';
import { connectBus, createCommandClient, inboxPrefixOf, type CommandClient } from '@ao/messaging';
import { Registry } from 'prom-client';
import { WorkflowsService } from '../apps/workflows/src/workflows.service';

process.stdin.on('end', () => process.exit(0)).resume(); // ends with the test

const { DATABASE_URL = '', NATS_URL = '', NATS_USER = '', NATS_PASSWORD = '', CRASH, FAULT } = process.env;
let left = 2;
function crashAt(place: string): void {
  if (CRASH !== place) return;
  left -= 1;
  if (left === 0) process.kill(process.pid, 'SIGKILL');
}

/** Places by the command that is between them. */
const TOLD: Readonly<Record<string, string>> = {
  TaskEnded: 'task-told',
  Wake: 'woken',
  Signal: 'signal-delivered',
  TakeSignal: 'signal-taken',
  WebhookEnded: 'answer-told',
};

async function main(): Promise<void> {
  const pool = createPool(DATABASE_URL, { applicationName: `replica-${process.pid}`, max: 8 });
  const inboxPrefix = inboxPrefixOf('workflows');
  const bus = await connectBus({
    ...{ url: NATS_URL, user: NATS_USER, password: NATS_PASSWORD, inboxPrefix, name: 'workflows' },
  });
  const upcasters = defineUpcasters(eventUpcasters, allEvents);
  const log = createEventLog({ pool, upcasters, bus: bus.commitBus() });
  await log.ready();
  const plainShell = createCommandShell(log);
  const shell: CommandShell = {
    ...plainShell,
    run: (async (...args: Parameters<CommandShell['run']>) => {
      const place = TOLD[args[2].type];
      if (place) crashAt(`before-${place}`);
      const result = await plainShell.run(...args);
      if (place) crashAt(`after-${place}`);
      return result;
    }) as CommandShell['run'],
  };
  const plainCommands = createCommandClient(bus, { clock: log.clock });
  const commands: CommandClient = {
    ...plainCommands,
    send: (async (...args: Parameters<CommandClient['send']>) => {
      const { name } = args[0];
      if (FAULT === 'done-first' && name === 'tasks.submit_task')
        await pool.query(`update workflows.run_work set state = 'open' where work_id = $1`, [
          (args[1] as { task_id: string }).task_id,
        ]);
      crashAt(`before-${name}`);
      const result = await plainCommands.send(...args);
      crashAt(`after-${name}`);
      return result;
    }) as CommandClient['send'],
  };
  const plainSubscriptions = createSubscriptions({
    ...{ pool, log, schema: 'workflows', upcasters, bus: bus.commitBus(), pollIntervalMs: 50 },
  });
  const subscriptions: Subscriptions = {
    ...plainSubscriptions,
    owned: (subscription) =>
      plainSubscriptions.owned(subscription.name === 'runs' ? wrapped(subscription) : subscription),
  };
  const logger = { info: () => undefined, warn: () => undefined, error: console.error } as never;
  const config = { ALLOW_PRIVATE_WEBHOOKS: true };
  const metrics = new Registry();
  await new WorkflowsService({
    ...{ pool, log, shell, bus, commands, subscriptions, metrics, logger, config, clock: log.clock },
  }).start();
  console.log('ready');
}

/** Small batches: there is something before and after each. */
function wrapped(subscription: OwnedSubscription): OwnedSubscription {
  return {
    ...subscription,
    batchSize: 5,
    async handle(events, transaction) {
      crashAt('before-batch');
      await subscription.handle(events, transaction);
      crashAt('before-commit');
    },
    committed(position, events) {
      crashAt('after-commit');
      subscription.committed?.(position, events);
    },
  };
}

void main();
