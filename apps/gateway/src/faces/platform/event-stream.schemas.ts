import { createZodDto } from '../../http/zod-dto';
import { EventQuery, Position } from '../../live/event-query';

export class EventStreamQueryDto extends createZodDto(
  EventQuery.extend({
    last_event_id: Position.meta({ description: 'As the header Last-Event-ID, for those who cannot set it' }),
  }),
) {}
