import type { Duplex } from 'node:stream';
import { CLOSE_UNAUTHENTICATED, CLOSE_UNKNOWN_AGENT } from '@ao/contracts';
import type { Actor } from '@ao/kernel';
import type { WebSocket } from 'ws';
import { mayTouch, notOneself } from '../access/agent.principal';
import type { Door } from '../access/door';
import type { Principal } from '../http/principal';
import { Problem, forbidden } from '../http/problem';
import { holdFrames } from './held-frames';
import { SocketWatch } from './socket-watch';
import type { ConnectingAgent } from './task-stream.hub';
import type { LetIn, SocketPath, Visit } from './upgrade-router';

export interface TaskStreamDoorOptions {
  readonly door: Pick<Door, 'authentication'>;
  /** Finds the agent that an authenticated caller speaks for; undefined when there is none. */
  readonly lookUp: (agent: string, actor: Actor) => Promise<ConnectingAgent | undefined>;
  /** Takes the socket in. Listens to it from the moment of the call on. */
  readonly enter: (agent: ConnectingAgent, socket: WebSocket, stream: Duplex) => Promise<unknown>;
  readonly onError: (error: unknown) => void;
}

const CLOSE_FAILED = 1011;

/** Speaking for an agent: beats, leases and results. */
const PERMISSION = 'agents:act';
const PATTERN = '/api/v1/agents/:id/task-stream';
const TASK_STREAM = /^\/api\/v1\/agents\/([^/]{1,512})\/task-stream\/?$/;

/** Where agents open their task streams. */
export class TaskStreamDoor implements SocketPath {
  private readonly watch: SocketWatch;

  constructor(private readonly options: TaskStreamDoorOptions) {
    const { authentication } = options.door;
    this.watch = new SocketWatch(({ address, proven, agentId }) => {
      const { view } = authentication;
      if (!view.permits(address) || proven()?.permissions.has(PERMISSION) !== true) return CLOSE_UNAUTHENTICATED;
      return agentId !== undefined && view.isGone(agentId) ? CLOSE_UNKNOWN_AGENT : undefined;
    });
    authentication.onChange(() => this.watch.changed());
  }

  visit(path: string): Visit | undefined {
    const match = TASK_STREAM.exec(path);
    if (!match?.[1]) return undefined;
    const agent = decoded(match[1]);
    return {
      route: `GET ${PATTERN}`,
      permission: PERMISSION,
      whyNot(principal: Principal) {
        if (!principal.permissions.has(PERMISSION)) return forbidden(PERMISSION);
        const route = { pattern: PATTERN, permission: PERMISSION, params: { id: agent } };
        return mayTouch(principal, route) ? undefined : notOneself();
      },
      enter: (letIn) => this.enter(agent, letIn),
    };
  }

  stop(): void {
    this.watch.stop();
  }

  /** Holds back what the agent sends until it is found, so that no early frame is lost. */
  private enter(agent: string, { socket, stream, address, proven, early: before }: LetIn): void {
    const principal = proven();
    if (!principal) return socket.close(CLOSE_UNAUTHENTICATED, 'the credential is not valid any more');
    this.watch.add(socket, { address, proven });
    const { early, release } = holdFrames(socket);
    this.options
      .lookUp(agent, principal.actor)
      .then((found) => {
        release();
        if (!found) {
          socket.close(CLOSE_UNKNOWN_AGENT, 'there is no such agent');
          return undefined;
        }
        this.watch.add(socket, { address, proven, agentId: found.agentId });
        const entered = this.options.enter(found, socket, stream);
        for (const [data, isBinary] of [...before, ...early]) socket.emit('message', data, isBinary);
        return entered;
      })
      .catch((error: unknown) => {
        this.options.onError(error);
        socket.close(CLOSE_FAILED, 'the connection could not be set up; connect again');
      });
  }
}

function decoded(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    throw new Problem(400, 'bad_url', 'The path of the URL cannot be decoded');
  }
}
