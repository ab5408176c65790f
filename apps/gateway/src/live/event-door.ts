import type { Position } from '@ao/event-log';
import type { z } from 'zod';
import type { Door } from '../access/door';
import type { Proven } from '../access/resolver';
import { validationProblem } from '../http/failures';
import type { Principal } from '../http/principal';
import { Problem, unauthorized } from '../http/problem';
import type { EventHub } from './event-hub';
import { EventQuery, wantedIn } from './event-query';
import type { SocketCodec, Wanted } from './event-requests';
import { EventSocket } from './event-socket';
import { operationsEvents } from './operations-events.codec';
import { platformEvents } from './platform-events.codec';
import type { SocketPath, Visit } from './upgrade-router';
import type { AgentIds } from './wanted';

export interface EventDoorOptions {
  readonly door: Pick<Door, 'authentication' | 'refused' | 'resolver'>;
  readonly hub: EventHub;
  readonly agents: AgentIds;
}

const CODECS: Readonly<Record<string, SocketCodec>> = {
  '/v1/ws': operationsEvents,
  '/api/v1/ws': platformEvents,
  '/ws': platformEvents,
};

interface Begin {
  readonly wanted: readonly Wanted[];
  readonly from?: Position;
}

/** Where listeners open their sockets: anybody who is known; what they may hear is judged by subscription. */
export class EventDoor implements SocketPath {
  constructor(private readonly options: EventDoorOptions) {
    const { door, hub } = options;
    door.authentication.onChange(() => hub.accessChanged());
  }

  visit(path: string, query: URLSearchParams): Visit | undefined {
    const codec = CODECS[path.replace(/(?<=.)\/$/, '')];
    if (!codec) return undefined;
    const begin = beginOf(codec, query);
    return {
      route: `GET ${path}`,
      whyNot: () => undefined,
      enter: ({ socket, stream, address, proven, early }) => {
        const { hub, agents, door } = this.options;
        let shown = proven;
        const principal = now(door, address, () => shown());
        const authenticate = async (token: string) => {
          const again = await door.resolver.prove(token);
          const caller = again && now(door, address, again)();
          if (!again || !caller) {
            door.refused({ kind: 'credential', code: 'unauthenticated', route: `GET ${path}`, address });
            throw unauthorized('The credential is not valid');
          }
          if (!isSame(caller, principal())) throw anotherCaller();
          shown = again;
        };
        new EventSocket(socket, stream, { hub, agents, codec, ...begin, principal, authenticate });
        for (const [data, isBinary] of early) socket.emit('message', data, isBinary);
      },
    };
  }

  stop(): void {
    // The hub lets its streams go by itself.
  }
}

const isSame = ({ kind, actor }: Principal, other: Principal | undefined): boolean =>
  kind === other?.kind && actor.type === other.actor.type && actor.id === other.actor.id;

function anotherCaller(): Problem {
  return new Problem(409, 'already_authenticated', 'This connection is of another caller: open one of its own');
}

/** Who is behind a credential at this moment; undefined: nobody who may be here. */
export function now(door: Pick<Door, 'authentication'>, address: string, proven: Proven): () => Principal | undefined {
  const { authentication } = door;
  return () => (authentication.view.permits(address) ? proven() : undefined);
}

/** @throws Problem 422 */
function beginOf(codec: SocketCodec, query: URLSearchParams): Begin {
  // Seed 001's socket has channels instead.
  const schema: z.ZodType<Partial<EventQuery>> =
    codec === platformEvents ? EventQuery : EventQuery.pick({ from_position: true });
  const parsed = schema.safeParse(Object.fromEntries(query));
  if (!parsed.success) throw validationProblem(parsed.error, '/query');
  const { events = [], from_position, ...objects } = parsed.data;
  return { wanted: wantedIn(objects, events), ...(from_position !== undefined && { from: from_position }) };
}
