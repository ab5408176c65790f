import type { Route } from './bad-input.identity.fixture';

/** Notifications and preferences as `bad-input.spec.ts` wants them: what each field must not be. */

const UNKNOWN = '01890a5d-ac96-774b-bcce-b302099a8057';
const LONG = 'x'.repeat(10_000);
const BAD_TEXTS = ['nul \u0000', 'lone \ud800 surrogate', LONG] as const;
const NOT_TEXT = [null, 7, true, {}, []] as const;
const BAD_NUMBERS = ['-1', '1.5', '1e3', '0x10', 'ten', '', '99999999999999999999'] as const;
const at_least = [...BAD_NUMBERS, '9007199254740991'];

const BAD_TIMES = [...NOT_TEXT, ...BAD_TEXTS, '', '7:30', '24:00', '12:60', '12:30:00', ' 12:30', '12:30\n', '１２:30'];
const BAD_ZONES = [...NOT_TEXT, ...BAD_TEXTS, '', 'Mars/X', '+02:00', 'local', 'Europe/Berlin '];
const quiet = (change: object) => ({ from: '22:00', to: '07:00', zone: 'UTC', ...change });
const daily = (change: object) => ({ mode: 'daily', at: '08:00', zone: 'UTC', ...change });

const fields = {
  '/events': [
    ...[null, 'task.*', 7, {}, [7], [null], [''], ['task'], ['task.*.failed'], ['*.*.*'], ['Task.failed'], ['task.x']],
    ...[
      ['*.'],
      ['.failed'],
      ['task.failed '],
      ['notification'],
      ['nul \u0000'],
      [LONG],
      Array.from({ length: 51 }, () => 'task.*'),
    ],
  ],
  '/mail': [null, 'true', 1, {}, []],
  '/mail_from': [...NOT_TEXT, '', 'Info', 'error'],
  '/quiet_hours': [
    ...[7, true, 'night', [], {}, { from: '22:00', to: '07:00' }, quiet({ to: '22:00' })],
    ...BAD_TIMES.flatMap((time) => [quiet({ from: time }), quiet({ to: time })]),
    ...BAD_ZONES.map((zone) => quiet({ zone })),
  ],
  '/digest': [
    ...[null, 7, true, 'daily', [], {}, { mode: 'weekly' }, { mode: 'window' }, { mode: 'daily' }],
    ...[0, -1, 1.5, 1_441, '30', null, 1e300].map((minutes) => ({ mode: 'window', minutes })),
    ...BAD_TIMES.map((at) => daily({ at })),
    ...BAD_ZONES.map((zone) => daily({ zone })),
  ],
};

const PATH = '/api/v1/notifications';

export const NOTIFICATION_ROUTES: readonly Route[] = [
  {
    ...{ method: 'GET', path: PATH, as: 'person' },
    query: {
      ...{ at_least, limit: [...BAD_NUMBERS, '0', '201'], offset: [...BAD_NUMBERS, '100001'] },
      unread: ['yes', '', '1', 'true&unread=false'],
    },
  },
  { ...{ method: 'GET', path: `${PATH}/unread-count`, as: 'person' }, query: { at_least } },
  { ...{ method: 'GET', path: `${PATH}/preferences`, as: 'person' }, query: { at_least } },
  { ...{ method: 'PUT', path: `${PATH}/preferences`, as: 'person', body: {} }, wrong: fields },
  { method: 'PUT', path: `${PATH}/${UNKNOWN}/read`, as: 'person' },
];
