import { createPrivateKey, generateKeyPairSync, type KeyObject } from 'node:crypto';
import { Agent, request, type RequestOptions } from 'node:https';
import { connect, type TLSSocket } from 'node:tls';
import type { TestStack } from '@ao/testing';
import { authority, type Authority } from '../apps/registry/src/certificate/authority';
import { openCaKeys } from '../apps/registry/src/certificate/ca-keys';
import type { Enrolled } from './enrolment.fixture';

/** What a client shows, and whom it trusts: PEM. */
export interface Shown {
  readonly cert?: string;
  readonly key?: string;
  readonly ca: string;
}

export const shownBy = ({ certificate: { cert, key, ca } }: Enrolled): Shown => ({ cert, key, ca });

export interface TlsAnswer {
  readonly status: number;
  readonly type: string | undefined;
  readonly body: Record<string, unknown>;
}

export interface TlsRequest {
  readonly method?: string;
  readonly path: string;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  readonly options?: RequestOptions;
  /** Told of the connection when the answer begins. */
  readonly onSocket?: (socket: TLSSocket) => void;
}

/** Rejects when the handshake is refused. A connection of its own for each request, unless `options.agent` says otherwise. */
export function overTls(
  port: number,
  shown: Shown,
  { method = 'GET', path, body, headers, options, onSocket }: TlsRequest,
) {
  return new Promise<TlsAnswer>((resolve, reject) => {
    const text = body === undefined ? undefined : JSON.stringify(body);
    const asked = request(
      {
        ...{ host: '127.0.0.1', port, method, path, ...shown, agent: false, ...options },
        headers: { ...(text !== undefined && { 'content-type': 'application/json' }), ...headers },
      },
      (response) => {
        onSocket?.(response.socket as TLSSocket);
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.on('end', () => {
          const type = response.headers['content-type'];
          const answer = Buffer.concat(chunks).toString();
          const parsed = (/json/.test(type ?? '') ? JSON.parse(answer) : {}) as Record<string, unknown>;
          resolve({ status: response.statusCode!, type, body: parsed });
        });
        response.on('error', reject);
      },
    );
    asked.on('error', reject);
    asked.end(text);
  });
}

export const beat = (agentId: string, more: Partial<TlsRequest> = {}): TlsRequest => ({
  ...{ method: 'POST', path: `/api/v1/agents/${agentId}/heartbeat`, body: { status: 'healthy' } },
  ...more,
});

/** One connection that stays open, and resolves when the other side ends it. */
export class KeptConnection {
  private readonly agent: Agent;
  private socket: TLSSocket | undefined;
  readonly closed: Promise<void>;

  constructor(
    private readonly port: number,
    private readonly shown: Shown,
  ) {
    this.agent = new Agent({ keepAlive: true, maxSockets: 1 });
    this.closed = new Promise((resolve) => {
      this.agent.on('free', (socket: TLSSocket) => {
        if (this.socket === socket) return;
        this.socket = socket;
        socket.once('close', () => resolve());
      });
    });
  }

  send(asked: TlsRequest): Promise<TlsAnswer> {
    return overTls(this.port, this.shown, { ...asked, options: { agent: this.agent } });
  }

  /** By which it is the same connection as before. */
  get localPort(): number | undefined {
    return this.socket?.localPort;
  }

  end(): void {
    this.agent.destroy();
  }
}

/** The certificate that the port shows; rejects when the handshake fails. */
export function serverSerial(port: number, shown: Shown): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host: '127.0.0.1', port, ...shown }, () => {
      resolve(socket.getPeerX509Certificate()!.serialNumber);
      socket.destroy();
    });
    socket.on('error', reject);
  });
}

/** The installation's own authority in the hands of somebody else, who sets its clock as well. */
export async function stolenAuthority(stack: TestStack, now: () => number = Date.now): Promise<Authority> {
  const pool = stack.database.pool('registry');
  const { CA_KEYS } = stack.environmentOf('registry');
  const { rows } = await stack.database
    .pool('admin')
    .query<{ data: { certificate: string; private_key: string } }>(
      `select data from event_log.events where type = 'AgentCaCreated' order by position limit 1`,
    );
  const { certificate, private_key } = rows[0]!.data;
  const { sealer } = openCaKeys({ CA_KEYS, CA_KEYS_FILE: undefined }, pool);
  const pkcs8 = await sealer.open(private_key, 'agent_ca');
  const key = createPrivateKey({ key: Buffer.from(pkcs8!, 'base64'), format: 'der', type: 'pkcs8' });
  return authority(certificate, key, { now });
}

const pemOf = (key: KeyObject) => key.export({ format: 'pem', type: 'pkcs8' }).toString();

/** A certificate for the agent by whatever authority, with the key that goes with it. */
export function forged(by: Authority, agentId: string, ca: string): Required<Shown> {
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'prime256v1' });
  return { cert: by.issue(agentId, publicKey).certificate, key: pemOf(privateKey), ca };
}

/** The same with a certificate that is good for a server alone. */
export function forgedServer(by: Authority, ca: string): Required<Shown> {
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'prime256v1' });
  return { cert: by.issueForGateway(['localhost'], publicKey).certificate, key: pemOf(privateKey), ca };
}
