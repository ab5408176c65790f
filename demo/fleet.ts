import { fork, type ChildProcess } from 'node:child_process';
import path from 'node:path';

export interface AgentSetup {
  readonly name: string;
  readonly role: 'reader' | 'analyser' | 'reporter';
  readonly capabilities: readonly string[];
  readonly concurrency: number;
  /** Milliseconds that each task takes this agent besides the work itself. */
  readonly paceMs: number;
  readonly heartbeatSeconds: number;
}

/** What an agent's process tells the demo. */
export type AgentNews =
  | { readonly news: 'connected' }
  | { readonly news: 'started'; readonly taskId: string; readonly type: string; readonly attempt: number }
  | { readonly news: 'settled'; readonly taskId: string; readonly type: string };

const READS = ['document.extract'];
const ANALYSES = ['document.count', 'document.keywords'];
const REPORTS = ['corpus.weigh', 'corpus.sum', 'report.write'];

const agent = (role: AgentSetup['role'], n: number, capabilities: string[], concurrency: number, paceMs: number) => ({
  ...{ name: `${role}-${n}`, role, capabilities, concurrency, paceMs },
  // Short, so that a lost agent is noticed while one looks on.
  heartbeatSeconds: 1,
});

const FLEET: readonly AgentSetup[] = [
  agent('reader', 1, READS, 4, 20),
  agent('reader', 2, READS, 4, 40),
  agent('reader', 3, READS, 4, 80),
  agent('analyser', 1, ANALYSES, 4, 80),
  agent('analyser', 2, ANALYSES, 4, 120),
  agent('analyser', 3, ANALYSES, 4, 240),
  agent('reporter', 1, REPORTS, 1, 0),
];

/** The fleet for so many files: at its full, leisurely pace up to 200 of them, then quicker, so that thousands end today. */
export function fleetFor(files: number): AgentSetup[] {
  const haste = Math.min(1, Math.max(0.1, 200 / files));
  return FLEET.map((setup) => ({ ...setup, paceMs: Math.round(setup.paceMs * haste) }));
}

export interface Agent {
  readonly setup: AgentSetup;
  readonly pid: number;
  /** Tasks that it works on, as far as it has told. */
  readonly inHand: ReadonlyMap<string, { readonly type: string }>;
  readonly killed: boolean;
}

interface Member extends Agent {
  killed: boolean;
  readonly process: ChildProcess;
  readonly inHand: Map<string, { type: string }>;
  readonly exited: Promise<void>;
}

export interface FleetOptions {
  readonly setups: readonly AgentSetup[];
  readonly url: string;
  readonly apiKey: string;
  /** An agent has begun or ended a task of this type. */
  readonly onNews: (news: 'started' | 'settled', type: string) => void;
  /** A process ended that was not told to. */
  readonly onLost: (agent: Agent, why: string) => void;
  /** Ends a start that is under way. */
  readonly signal: AbortSignal;
}

/** For what a process said before it was frozen to arrive here and at the control plane. */
const SETTLE_MS = 150;

/** The agents' processes. */
export class Fleet {
  private readonly members: Member[];
  private stopping = false;

  private constructor(members: Member[]) {
    this.members = members;
  }

  /** Resolves when every agent is connected. */
  static async start(options: FleetOptions): Promise<Fleet> {
    const fleet = new Fleet([]);
    try {
      await Promise.all(options.setups.map((setup) => fleet.add(setup, options)));
    } catch (error) {
      await fleet.stop();
      throw error;
    }
    return fleet;
  }

  get agents(): readonly Agent[] {
    return this.members;
  }

  /** Stops the process where it stands (SIGSTOP); resolves when what it had said before has been heard. */
  async freeze(agent: Agent): Promise<void> {
    this.member(agent).process.kill('SIGSTOP');
    await new Promise((resolve) => setTimeout(resolve, SETTLE_MS));
  }

  thaw(agent: Agent): void {
    this.member(agent).process.kill('SIGCONT');
  }

  /** kill -9: without a word to anybody. */
  kill(agent: Agent): void {
    const member = this.member(agent);
    member.killed = true;
    member.process.kill('SIGKILL');
  }

  private member(agent: Agent): Member {
    const member = this.members.find((one) => one === agent);
    if (!member) throw new Error(`${agent.setup.name} is not of this fleet`);
    return member;
  }

  /** Asks all to stop; kills who has not after `patienceMs`. Resolves when no process is left. */
  async stop(patienceMs = 8_000): Promise<void> {
    this.stopping = true;
    for (const { process } of this.members) process.kill('SIGTERM');
    const timer = setTimeout(() => {
      for (const { process } of this.members) process.kill('SIGKILL');
    }, patienceMs);
    await Promise.all(this.members.map(({ exited }) => exited));
    clearTimeout(timer);
  }

  private add(setup: AgentSetup, { url, apiKey, onNews, onLost, signal }: FleetOptions): Promise<void> {
    const process = forkAgent(setup, url, apiKey);
    const errors: string[] = [];
    process.stderr?.on('data', (chunk: Buffer) => errors.push(chunk.toString()));
    const exited = new Promise<void>((resolve) => process.once('close', () => resolve()));
    const member: Member = { setup, pid: process.pid ?? 0, process, inHand: new Map(), killed: false, exited };
    this.members.push(member);
    return new Promise((resolve, reject) => {
      process.on('message', (message) => {
        const news = message as AgentNews;
        if (news.news === 'connected') return resolve();
        if (news.news === 'started') member.inHand.set(news.taskId, news);
        else member.inHand.delete(news.taskId);
        onNews(news.news, news.type);
      });
      signal.addEventListener('abort', () => reject(signal.reason as Error), { once: true });
      process.once('error', reject);
      process.once('close', (code, signal) => {
        const why = errors.join('').trim().split('\n').at(-1) || `exit code ${code ?? signal}`;
        reject(new Error(`The agent ${setup.name} did not start: ${why}`));
        if (!member.killed && !this.stopping) onLost(member, why);
      });
    });
  }
}

function forkAgent(setup: AgentSetup, url: string, apiKey: string): ChildProcess {
  const fromSource = __filename.endsWith('.ts');
  return fork(path.join(__dirname, fromSource ? 'agent.main.ts' : 'agent.main.js'), [], {
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    env: {
      PATH: process.env.PATH,
      HOME: process.env.HOME,
      AO_URL: url,
      AO_API_KEY: apiKey,
      AGENT_SETUP: JSON.stringify(setup),
    },
  });
}
