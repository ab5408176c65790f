import { createPrivateKey, type KeyObject } from 'node:crypto';
import { INSTALLATION, type AgentCaEvent, type ResultOf, type rotateAgentCa } from '@ao/contracts';
import type { CommandResult, CommandShell, EventReader, Position, RecordedEvent, Subscriptions } from '@ao/event-log';
import { systemMetadata, isoTime, isRejection, type Clock, type CommandMetadata } from '@ao/kernel';
import type { Answer } from '@ao/messaging';
import type { Sealer } from '@ao/sealing';
import { agentCaAggregate } from './agent-ca.decider';
import {
  AGENTS_SETTLE_MS,
  agentCaId,
  authorityThatSigns,
  GATEWAYS_SETTLE_MS,
  liveAuthorities,
  needsSuccessor,
  type Lifespan,
} from './agent-ca.rules';
import { authority, newAuthority, type Authority } from './authority';

const CATEGORY = agentCaAggregate.category;
/** How often a replica looks whether a successor is due. */
const LOOK_MS = 3_600_000;

export interface AuthoritiesOptions {
  readonly log: Pick<EventReader, 'read' | 'head'>;
  readonly shell: CommandShell;
  readonly subscriptions: Pick<Subscriptions, 'local'>;
  readonly sealer: Sealer;
  readonly clock: Clock;
  readonly lifetimeSeconds: number;
  readonly onError: (error: unknown) => void;
}

interface OpenAuthority extends Lifespan {
  readonly id: string;
  readonly authority: Authority;
}

/** The authorities of this installation as the log has them, oldest first; the first is made by the replica that needs it first. */
export class Authorities {
  private all: OpenAuthority[] = [];
  private looking: NodeJS.Timeout | undefined;

  constructor(private readonly options: AuthoritiesOptions) {}

  async start(): Promise<void> {
    const { subscriptions, onError } = this.options;
    await subscriptions.local({
      name: 'agent_authorities',
      categories: [CATEGORY],
      seed: () => this.readAll(),
      handle: (events) => this.take(events),
    });
    await this.succeed();
    this.looking = setInterval(() => void this.succeed().catch(onError), LOOK_MS).unref();
  }

  stop(): void {
    clearInterval(this.looking);
  }

  /** Certificates of all that have not ended, as PEM. */
  get bundle(): string {
    return liveAuthorities(this.all, this.options.clock.now())
      .map(({ authority: { certificate } }) => certificate)
      .join('');
  }

  /** Signs for agents, and the list of what was revoked. */
  get forAgents(): Authority {
    return this.signing(AGENTS_SETTLE_MS).authority;
  }

  /** Signs for gateways: one that every agent has in its bundle. */
  get forGateways(): { readonly id: string; readonly authority: Authority } {
    return this.signing(GATEWAYS_SETTLE_MS);
  }

  /** Makes the successor now. */
  async rotate(metadata: CommandMetadata): Answer<typeof rotateAgentCa> {
    await this.readAll();
    return this.make(metadata, true);
  }

  /** Makes the first, or the successor of one that ends within a year. Any replica may do so, as often as it likes. */
  private async succeed(): Promise<void> {
    await this.readAll();
    const newest = this.all.at(-1);
    if (newest && !needsSuccessor(newest, this.options.clock.now())) return;
    const made = await this.make(systemMetadata('registry'), false);
    if (isRejection(made)) throw new Error(made.message);
  }

  private async make(metadata: CommandMetadata, asked: boolean): Answer<typeof rotateAgentCa> {
    const { shell, sealer, clock } = this.options;
    const number = this.all.length;
    const ca_id = agentCaId(number + 1);
    const newest = this.all.at(-1);
    const { certificate, privateKey, expiresAt } = newAuthority(clock.now());
    const pkcs8 = privateKey.export({ format: 'der', type: 'pkcs8' }).toString('base64');
    const data = {
      ...{ ca_id, certificate, expires_at: isoTime(expiresAt), asked },
      private_key: await sealer.seal(INSTALLATION, 'agent_ca', pkcs8),
      ...(newest && { predecessor: { number, createdAt: newest.createdAt, expiresAt: newest.expiresAt } }),
    };
    // What was made up here is no part of what was asked for.
    const made = await shell.run(agentCaAggregate, ca_id, { type: 'CreateAgentCa', data, metadata }, { payload: {} });
    await this.readAll();
    return made as CommandResult<ResultOf<typeof rotateAgentCa>>;
  }

  private signing(settleMs: number): OpenAuthority {
    const found = authorityThatSigns(this.all, this.options.clock.now(), settleMs);
    if (!found) throw new Error('there is no certificate authority yet');
    return found;
  }

  /** There are few of them, ever: one page. */
  private async readAll(): Promise<Position> {
    const { log } = this.options;
    const upTo = await log.head();
    await this.take(await log.read({ categories: [CATEGORY], upTo, limit: 10_000 }));
    return upTo;
  }

  /** The same event again changes nothing. */
  private async take(events: readonly RecordedEvent[]): Promise<void> {
    const { clock, lifetimeSeconds } = this.options;
    for (const event of events) {
      const { ca_id, certificate, private_key, created_at, expires_at } = (event as RecordedEvent & AgentCaEvent).data;
      if (this.has(ca_id)) continue;
      const key = await this.opened(private_key);
      // Another look may have taken it meanwhile.
      if (this.has(ca_id)) continue;
      const opened = authority(certificate, key, clock, lifetimeSeconds);
      const lifespan = { createdAt: Date.parse(created_at), expiresAt: Date.parse(expires_at) };
      this.all = [...this.all, { id: ca_id, authority: opened, ...lifespan }];
    }
  }

  private has(caId: string): boolean {
    return this.all.some(({ id }) => id === caId);
  }

  private async opened(sealed: string): Promise<KeyObject> {
    const pkcs8 = await this.options.sealer.open(sealed, 'agent_ca');
    if (pkcs8 === null) throw new Error('the key of the certificate authority cannot be opened any more');
    return createPrivateKey({ key: Buffer.from(pkcs8, 'base64'), format: 'der', type: 'pkcs8' });
  }
}
