import type { Route } from './bad-input.identity.fixture';

/** The stream of events as `bad-input.spec.ts` wants it: what each parameter must not be. */

const BAD_NUMBERS = ['-1', '1.5', '1e3', '0x10', 'ten', '', '99999999999999999999'] as const;
/** Ahead of the log as well. */
const positions = [...BAD_NUMBERS, '9007199254740991'];
const LONG = 'x'.repeat(129);

export const EVENT_ROUTES: readonly Route[] = [
  {
    ...{ method: 'GET', path: '/api/v1/events/stream' },
    query: {
      events: [
        '',
        ',',
        'task',
        'task.exploded',
        'task.*,',
        '**',
        '*.*.*',
        'TASK.*',
        '%00',
        'task.*,agents.*',
        LONG.repeat(8),
      ],
      task_id: ['', 'x', 'agent_1', LONG],
      agent_id: ['', 'not%20registered', 'nobody', '..', '%00', LONG],
      worker_id: ['', 'x', 'worker_1', LONG],
      from_position: positions,
      last_event_id: positions,
    },
  },
];
