import { eventually } from '@ao/testing';
import type { Installation } from '../installation.fixture';
import type { Agents } from './agents';
import type { Fault, Target } from './fault-plan';
import type { TaskLog } from './task-log';

export const REPLICAS = ['tasks', 'tasks-2'] as const;

const CUT_EVERY_MS = 2_000;

export interface Injected {
  /** The process: `tasks-2` for an owner, `squarer-3` for an agent. */
  readonly process: string;
  /** Until it runs again, in milliseconds. */
  readonly healed_ms: number;
  /** From the end or the freezing of the pool's owner until another one has taken the pool. */
  readonly takeover_ms?: number;
}

export interface Ground {
  readonly installation: Installation;
  readonly agents: Agents;
  readonly log: TaskLog;
  /** Between 0 and 1: which agent. */
  readonly random: () => number;
  readonly agentCount: number;
}

/** Resolves when what was hit runs again. */
export async function inject({ kind, target, forMs }: Fault, ground: Ground): Promise<Injected> {
  const begun = performance.now();
  const struck = await strike({ kind, target, forMs }, ground);
  return { ...struck, healed_ms: Math.round(performance.now() - begun) };
}

async function strike({ kind, target, forMs }: Fault, ground: Ground): Promise<Omit<Injected, 'healed_ms'>> {
  const { installation, agents, log } = ground;
  if (kind === 'cut') {
    for (const until = performance.now() + forMs; performance.now() < until; await pause(CUT_EVERY_MS)) {
      await log.cutHalf();
    }
    return { process: target };
  }
  if (target === 'agent') {
    const index = Math.floor(ground.random() * ground.agentCount);
    const agent = { freeze: (signal: NodeJS.Signals) => agents.signal(index, signal), kill: () => agents.kill(index) };
    await hit(kind, agent, forMs);
    return { process: `squarer-${index + 1}` };
  }
  if (target === 'backend') {
    const [pid] = await log.backends();
    await hit(kind, backend(pid!, log), forMs);
    return { process: `backend ${pid}` };
  }
  const name = await processOf(target, installation);
  if (kind === 'absent') {
    await absent(name, installation, forMs);
    return { process: name };
  }
  const epoch = target === 'owner' ? await log.epoch() : undefined;
  const begun = performance.now();
  // A frozen owner loses the pool while it sleeps, or not, if it sleeps too short: asked at the side.
  const takeover =
    epoch === undefined ? undefined : takenOver(log, epoch, begun, kind === 'freeze' ? forMs : undefined);
  const victim = {
    freeze: (signal: NodeJS.Signals) => installation.signal(name, signal),
    kill: () => installation.kill(name, kind === 'restart' ? 'SIGQUIT' : 'SIGKILL'),
  };
  await hit(kind, victim, forMs);
  return { process: name, ...(takeover && { takeover_ms: await takeover }) };
}

interface Victim {
  freeze(signal: 'SIGSTOP' | 'SIGCONT'): void;
  kill(): Promise<void>;
}

async function hit(kind: Fault['kind'], victim: Victim, forMs: number): Promise<void> {
  if (kind !== 'freeze') return victim.kill();
  victim.freeze('SIGSTOP');
  await pause(forMs);
  victim.freeze('SIGCONT');
}

/** Postgres restarts all of itself when one of its backends is killed. */
function backend(pid: number, log: TaskLog): Victim {
  return {
    freeze: (signal) => process.kill(pid, signal),
    async kill() {
      process.kill(pid, 'SIGKILL');
      await eventually(() => log.epoch(), { timeoutMs: 60_000, intervalMs: 100 });
    },
  };
}

/** Services that start find that nothing answers where `name` listens. */
async function absent(name: string, installation: Installation, forMs: number): Promise<void> {
  installation.signal(name, 'SIGSTOP');
  try {
    await Promise.all(['gateway', 'tasks-2'].map((service) => installation.kill(service)));
    await pause(forMs);
  } finally {
    installation.signal(name, 'SIGCONT');
  }
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

async function processOf(target: Exclude<Target, 'agent' | 'backend'>, installation: Installation): Promise<string> {
  if (target !== 'owner' && target !== 'standby') return target;
  const owner = await eventually(
    async () => {
      const found = await installation.poolOwner(REPLICAS);
      if (!found) throw new Error('no replica of tasks owns the dispatch pool');
      return found;
    },
    { timeoutMs: 60_000, intervalMs: 100 },
  );
  return target === 'owner' ? owner : REPLICAS.find((name) => name !== owner)!;
}

/** `undefined` if nobody took the pool while its owner slept. */
async function takenOver(log: TaskLog, epoch: number, begun: number, withinMs = 60_000): Promise<number | undefined> {
  while (performance.now() - begun < withinMs) {
    if ((await log.epoch()) > epoch) return Math.round(performance.now() - begun);
    await pause(25);
  }
  return undefined;
}
