import type { OutgoingHttpHeaders } from 'node:http';
import { CLOSE_UNAUTHENTICATED } from '@ao/contracts';
import type { Position } from '@ao/event-log';
import { Controller, Get, Headers, Inject, Query, Req, Res } from '@nestjs/common';
import { ApiHeader, ApiOkResponse, ApiProduces, ApiTags } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Door } from '../../access/door';
import { DOOR } from '../../access/door.provider';
import { Access } from '../../http/access';
import { CurrentCall, type Call } from '../../http/call';
import { bearerToken } from '../../http/credentials';
import type { Principal } from '../../http/principal';
import { invalidField, unauthorized } from '../../http/problem';
import { now } from '../../live/event-door';
import { EventHub } from '../../live/event-hub';
import { wantedIn } from '../../live/event-query';
import { eventSource, serverSentEvents } from '../../live/event-source';
import { EventStream } from '../../live/event-stream';
import { permittedNames, type Interest } from '../../live/interest';
import { shownBy } from '../../live/proven-caller';
import { interestOf, requireMayHear } from '../../live/wanted';
import { AgentDirectory } from '../../projections/agents/agent.directory';
import { EventStreamQueryDto } from './event-stream.schemas';

/** What happens, as server-sent events: the same as the sockets say. */
@ApiTags('events')
@Controller('api/v1/events')
export class EventStreamController {
  constructor(
    private readonly hub: EventHub,
    private readonly agents: AgentDirectory,
    @Inject(DOOR) private readonly door: Door,
  ) {}

  /** Goes on until either side ends it. What the caller may not hear of is left out; a name of it alone is refused. */
  @Get('stream')
  @Access('tasks:read')
  @ApiHeader({ name: 'Last-Event-ID', required: false, description: 'The position of the last event that arrived' })
  @ApiProduces('text/event-stream')
  @ApiOkResponse({ schema: { type: 'string' } })
  async stream(
    @CurrentCall() call: Call,
    @Query() query: EventStreamQueryDto,
    @Headers('last-event-id') lastEventId: string | undefined,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const { hub } = this;
    await hub.ready();
    const { from, pointer } = beginning(query, lastEventId);
    if (from !== undefined) await hub.requirePosition(from, pointer);
    const interests = await this.interestsOf(call, query);
    const principal = await this.principalOf(call, request);
    reply.headers(EVENT_STREAM);
    if (request.method === 'HEAD') return void reply.send();
    const { raw } = reply;
    const stream = new EventStream({
      ...{ hub, principal, sink: eventSource(raw), codec: serverSentEvents },
      closeUnauthenticated: CLOSE_UNAUTHENTICATED,
    });
    stream.open();
    reply.hijack();
    raw.once('close', () => stream.closed());
    // Gone while it was looked up.
    if (raw.destroyed) return stream.closed();
    raw.writeHead(200, reply.getHeaders() as OutgoingHttpHeaders);
    stream.say('subscribed', { events: query.events ?? ALL, position: from ?? hub.position });
    stream.subscribe(interests, from);
  }

  private async interestsOf({ principal }: Call, query: EventStreamQueryDto): Promise<Interest[]> {
    const permitted = permittedNames(principal);
    const interests: Interest[] = [];
    for (const one of wantedIn(query, query.events ?? ALL)) {
      const interest = await interestOf(one, principal.actor, this.agents);
      requireMayHear(one, interest, principal, permitted);
      interests.push(interest);
    }
    return interests;
  }

  /** The request was let in already; what it showed is asked again while the stream goes on. */
  private async principalOf({ address }: Call, { raw, headers }: FastifyRequest): Promise<() => Principal | undefined> {
    const shown = await shownBy(this.door, raw, bearerToken(headers.authorization));
    const principal = shown?.proven && now(this.door, address, shown.proven);
    if (!principal?.()) throw unauthorized('The credential in the Authorization header is not valid');
    return principal;
  }
}

const ALL = ['*'];

/** `X-Accel-Buffering`: a proxy that gathers answers would hold the events back. */
const EVENT_STREAM = {
  ...{ 'content-type': 'text/event-stream; charset=utf-8', 'x-accel-buffering': 'no' },
  'cache-control': 'no-store, no-transform',
};

/** Who comes back says so in the header; the URL stays as it was. */
function beginning(
  { last_event_id, from_position }: EventStreamQueryDto,
  header: string | undefined,
): { readonly from: Position | undefined; readonly pointer: string } {
  if (header) {
    const pointer = '/headers/last-event-id';
    if (!/^\d{1,15}$/.test(header)) throw invalidField(pointer, 'must be a position in the log', 400, 'invalid_header');
    return { from: Number(header), pointer };
  }
  if (last_event_id !== undefined) return { from: last_event_id, pointer: '/query/last_event_id' };
  return { from: from_position, pointer: '/query/from_position' };
}
