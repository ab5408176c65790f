import type { Delivery } from '@ao/contracts';
import { testDatabase } from '@ao/testing';
import { startReplica, type Replica, type ReplicaOptions } from './fan-out.testing';
import { startReceiver, type Answering, type Receiver } from './receiver.testing';

export type DeliveriesHarness = Awaited<ReturnType<typeof startDeliveries>>;

/** Replicas of the service's deliveries on one database, and those who receive them. */
export async function startDeliveries() {
  const database = await testDatabase();
  const admin = database.pool('admin');
  const replicas: Replica[] = [];
  const receivers: Receiver[] = [];

  async function replica(options: Partial<ReplicaOptions> = {}): Promise<Replica> {
    const started = await startReplica({ databaseUrl: database.urlFor('notifications'), ...options });
    replicas.push(started);
    return started;
  }
  async function receiver(answering?: Answering): Promise<Receiver> {
    const started = await startReceiver(answering);
    receivers.push(started);
    return started;
  }
  const deliveriesOf = async (by: Replica, id: string): Promise<Delivery[]> =>
    (await by.deliveries.log.list({ target: { kind: 'webhook', id }, limit: 200, offset: 0 })).deliveries;
  const only = async (by: Replica, id: string): Promise<Delivery> => {
    const [delivery, ...others] = await deliveriesOf(by, id);
    expect(others).toEqual([]);
    return delivery!;
  };
  /** Time passes: what is due later is due now. */
  async function comeDue(by: Replica, webhookId: string): Promise<void> {
    await admin.query(
      `update notifications.deliveries set due_at = clock_timestamp() where target_id = $1 and state = 'pending'`,
      [webhookId],
    );
    by.deliveries.nudge();
  }

  return {
    ...{ admin, replica, receiver, deliveriesOf, only, comeDue },
    async stop(): Promise<void> {
      await Promise.all(replicas.map((each) => each.stop()));
      await Promise.all(receivers.map((each) => each.stop()));
      await database.drop();
    },
  };
}
