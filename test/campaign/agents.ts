import { fork, type ChildProcess } from 'node:child_process';
import path from 'node:path';

export const TASK_TYPE = 'square';

/** `refused`: an outcome that the agent reported counted for nothing, because its lease was over. */
export type AgentNews = { readonly news: 'connected' } | { readonly news: 'refused' };

export interface Access {
  readonly url: string;
  readonly apiKey: string;
}

const PATIENCE_MS = 8_000;

/** Processes that run tasks: one that ends is started again under its name. */
export class Agents {
  private readonly processes: ChildProcess[] = [];
  private stopping = false;
  /** Outcomes of zombies that were turned away. */
  refused = 0;

  private constructor(private readonly access: Access) {}

  /** Resolves when all are connected. */
  static async start(count: number, access: Access): Promise<Agents> {
    const agents = new Agents(access);
    await Promise.all(Array.from({ length: count }, (_, index) => agents.run(index)));
    return agents;
  }

  /** kill -9; resolves when its successor is connected. */
  async kill(index: number): Promise<void> {
    this.processes[index]!.kill('SIGKILL');
    await this.run(index);
  }

  signal(index: number, signal: NodeJS.Signals): void {
    this.processes[index]!.kill(signal);
  }

  async stop(): Promise<void> {
    this.stopping = true;
    const running = this.processes.filter(({ exitCode, signalCode }) => exitCode === null && signalCode === null);
    const ended = running.map((child) => new Promise((resolve) => child.once('close', resolve)));
    for (const child of running) child.kill('SIGTERM');
    const timer = setTimeout(() => {
      for (const child of running) child.kill('SIGKILL');
    }, PATIENCE_MS);
    await Promise.all(ended);
    clearTimeout(timer);
  }

  private run(index: number): Promise<void> {
    const child = fork(path.join(__dirname, 'agent.main.ts'), [], {
      execArgv: ['-r', './scripts/register.cjs'],
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
      env: {
        PATH: process.env.PATH,
        HOME: process.env.HOME,
        AO_URL: this.access.url,
        AO_API_KEY: this.access.apiKey,
        AGENT_ID: `squarer-${index + 1}`,
      },
    });
    this.processes[index] = child;
    return new Promise((resolve, reject) => {
      child.on('message', (message) => {
        if ((message as AgentNews).news === 'connected') resolve();
        else this.refused += 1;
      });
      child.once('error', reject);
      child.once('close', (code, signal) => {
        // Killed by the campaign, or while it ends; an agent that gives up by itself comes back, as under a supervisor.
        if (signal === null && !this.stopping && this.processes[index] === child) this.run(index).then(resolve, reject);
        else reject(new Error(`squarer-${index + 1} ended (${signal ?? code}) before it was connected`));
      });
    });
  }
}
