import { eventually } from '@ao/testing';
import type { Installation } from '../installation.fixture';
import type { Agents } from './agents';
import type { Fault, Target } from './fault-plan';
import type { TaskLog } from './task-log';

export const REPLICAS = ['tasks', 'tasks-2'] as const;

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
  const { installation, agents, log } = ground;
  if (target === 'agent') {
    const index = Math.floor(ground.random() * ground.agentCount);
    const frozen = { freeze: (signal: NodeJS.Signals) => agents.signal(index, signal), kill: () => agents.kill(index) };
    return { process: `squarer-${index + 1}`, healed_ms: await hit(kind, frozen, forMs) };
  }
  const name = await processOf(target, installation);
  const epoch = target === 'owner' ? await log.epoch() : undefined;
  const begun = performance.now();
  // A frozen owner loses the pool while it sleeps, or not, if it sleeps too short: asked at the side.
  const takeover =
    epoch === undefined ? undefined : takenOver(log, epoch, begun, kind === 'freeze' ? forMs : undefined);
  const healed_ms = await hit(
    kind,
    {
      freeze: (signal) => installation.signal(name, signal),
      kill: () => installation.kill(name, kind === 'restart' ? 'SIGQUIT' : 'SIGKILL'),
    },
    forMs,
  );
  return { process: name, healed_ms, ...(takeover && { takeover_ms: await takeover }) };
}

interface Victim {
  freeze(signal: 'SIGSTOP' | 'SIGCONT'): void;
  kill(): Promise<void>;
}

async function hit(kind: Fault['kind'], victim: Victim, forMs: number): Promise<number> {
  const begun = performance.now();
  if (kind === 'freeze') {
    victim.freeze('SIGSTOP');
    await new Promise((resolve) => setTimeout(resolve, forMs));
    victim.freeze('SIGCONT');
  } else await victim.kill();
  return Math.round(performance.now() - begun);
}

async function processOf(target: Exclude<Target, 'agent'>, installation: Installation): Promise<string> {
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
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
  return undefined;
}
