import { recordHeartbeat, registerAgent } from '@ao/contracts';
import { agentProfile } from '@ao/contracts/testing';
import { isRejection } from '@ao/kernel';
import { eventually, testService, type TestService } from '@ao/testing';

const AGENTS = 1_000;
/** 3,000 beats a second, a dozen where one would do: a machine that is busy with something else makes nobody silent. */
const INTERVAL_SECONDS = 4;
const ROUND_MS = 1_000 / 3;
const TICK_MS = 10;
const AT_ONCE = 200;
/** More than one, for what was under way when the registry died hangs; without a bound a starved process sends for ever. */
const MOST_OPEN = 3;
const DAY_MS = 24 * 3_600_000;

/** Agents that beat round after round, answered or not, with no more than MOST_OPEN beats of one under way. */
class Fleet {
  private readonly beating = new Set<string>();
  /** A beat that was under way when the registry died is sent again when its time is over. */
  private readonly open = new Map<string, Set<Promise<void>>>();
  private timer: NodeJS.Timeout | undefined;
  private turn: string[] = [];
  answered = 0;
  unanswered = 0;

  constructor(
    private readonly registry: TestService,
    readonly agentIds: readonly string[],
  ) {
    for (const id of agentIds) this.beating.add(id);
  }

  start(): void {
    let sentUntil = performance.now();
    this.timer = setInterval(() => {
      const each = ROUND_MS / this.beating.size;
      // Who comes late does not make up for it: a round is the most that is sent at once.
      sentUntil = Math.max(sentUntil, performance.now() - ROUND_MS);
      for (; sentUntil < performance.now(); sentUntil += each) this.beatNext();
    }, TICK_MS);
  }

  /** Ends the beats of some; resolves when none of theirs is under way any more. */
  async silence(agentIds: readonly string[]): Promise<void> {
    for (const id of agentIds) this.beating.delete(id);
    await Promise.all(agentIds.flatMap((id) => [...(this.open.get(id) ?? [])]));
  }

  async stop(): Promise<void> {
    clearInterval(this.timer);
    await Promise.all([...this.open.values()].flatMap((beats) => [...beats]));
  }

  private beatNext(): void {
    if (this.turn.length === 0) this.turn = [...this.beating];
    const agent_id = this.turn.pop();
    if (agent_id === undefined || !this.beating.has(agent_id)) return;
    const own = this.open.get(agent_id) ?? new Set();
    if (own.size >= MOST_OPEN) return;
    this.open.set(agent_id, own);
    const beat: Promise<void> = this.registry.ask(recordHeartbeat, { agent_id }).then((result) => {
      if (isRejection(result)) this.unanswered += 1;
      else this.answered += 1;
      own.delete(beat);
    });
    own.add(beat);
  }
}

describe('heartbeats while the registry dies', () => {
  let registry: TestService;

  beforeAll(async () => {
    registry = await testService('registry', {}, ['gateway']);
  }, 60_000);
  afterAll(() => registry?.stop());

  async function register(count: number): Promise<string[]> {
    const agentIds: string[] = [];
    for (let from = 0; from < count; from += AT_ONCE) {
      const some = Array.from({ length: Math.min(AT_ONCE, count - from) }, (_, index) =>
        registry.expectDone(registerAgent, {
          ...agentProfile({ name: `beating-${from + index}`, heartbeat_interval_seconds: INTERVAL_SECONDS }),
          external_id: `beating-${from + index}`,
        }),
      );
      for (const { agent_id } of await Promise.all(some)) agentIds.push(agent_id);
    }
    return agentIds;
  }

  /** What the log says of each agent after its registration. */
  async function told(): Promise<Record<string, string[]>> {
    const { rows } = await registry.pool.query<{ agent_id: string; types: string[] }>(
      `select data->>'agent_id' as agent_id, array_agg(type order by position) as types
       from event_log.events where category = 'agent' and type <> 'AgentRegistered' group by 1`,
    );
    return Object.fromEntries(rows.map(({ agent_id, types }) => [agent_id, types]));
  }

  it('should call silent whoever is, once, and nobody else', async () => {
    const fleet = new Fleet(registry, await register(AGENTS));
    fleet.start();
    try {
      await killRegistry(fleet);
    } finally {
      await fleet.stop();
    }
  }, 150_000);

  async function killRegistry(fleet: Fleet): Promise<void> {
    const beatAgain = async (rounds: number) => {
      const wanted = fleet.answered + rounds * AGENTS;
      await eventually(() => expect(fleet.answered).toBeGreaterThan(wanted), { timeoutMs: 30_000 });
    };
    await beatAgain(3);
    const [before, meanwhile] = [fleet.agentIds.slice(0, 10), fleet.agentIds.slice(-10)];
    await fleet.silence(before);
    await registry.stack.service('registry').kill();
    await eventually(() => expect(fleet.unanswered).toBeGreaterThan(AGENTS), { timeoutMs: 30_000 });
    await fleet.silence(meanwhile);
    await registry.stack.restart('registry');

    const silent = Object.fromEntries(
      [...before, ...meanwhile].map((id) => [id, ['AgentDegraded', 'AgentWentOffline']]),
    );
    await eventually(async () => expect(await told()).toEqual(silent), { timeoutMs: 40_000 });
    await beatAgain(6);
    expect(await told()).toEqual(silent);
  }

  it.each([
    ['a day ahead', DAY_MS],
    ['a day behind', -DAY_MS],
  ])('should count the beats of an agent whose clock is %s', async (name, offset) => {
    const external_id = `skewed-${offset}`;
    const { agent_id } = await registry.expectDone(registerAgent, {
      ...agentProfile({ name, heartbeat_interval_seconds: 0.5 }),
      external_id,
    });
    const beat = async () => {
      const itsTime = new Date(Date.now() + offset);
      const sent = Date.now();
      const response = await fetch(`${registry.stack.url}/agents/${external_id}/heartbeat`, {
        method: 'POST',
        headers: {
          authorization: `Bearer ${registry.stack.apiKey}`,
          'content-type': 'application/json',
          date: itsTime.toUTCString(),
        },
        body: JSON.stringify({ timestamp: itsTime.toISOString(), load_metrics: { cpu_usage: 0.1 } }),
      });
      expect(response.status).toBe(200);
      const { received_at } = (await response.json()) as { received_at: string };
      return Date.parse(received_at) - sent;
    };
    // It falls silent, which is noticed by our clock; its next beat ends that.
    await beat();
    const types = () => registry.typesOf(`agent-${agent_id}`);
    await eventually(async () => expect(await types()).toContain('AgentWentOffline'), { timeoutMs: 20_000 });
    expect(Math.abs(await beat())).toBeLessThan(DAY_MS / 2);
    expect(await types()).toEqual(['AgentRegistered', 'AgentDegraded', 'AgentWentOffline', 'AgentCameOnline']);
  });
});
