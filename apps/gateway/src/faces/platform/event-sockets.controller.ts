import { Controller, Get } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { Access } from '../../http/access';
import { Problem } from '../../http/problem';

/** Rows 27 and 191 without an upgrade. The sockets themselves are served beside Nest, and ask who it is by themselves. */
@ApiTags('events')
@Controller()
export class EventSocketsController {
  @Get(['v1/ws', 'api/v1/ws', 'ws'])
  @Access('public')
  socket(): never {
    throw new Problem(426, 'upgrade_required', 'This route is a WebSocket: open it as ws:// or wss://', {
      headers: { upgrade: 'websocket', connection: 'upgrade' },
    });
  }
}
