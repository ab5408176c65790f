import type { Route } from './bad-input.identity.fixture';

/** The routes of system alerts as `bad-input.spec.ts` wants them: what each parameter must not be. */

const BAD_NUMBERS = ['-1', '1.5', '1e3', '0x10', 'ten', '', '99999999999999999999'] as const;

export const ALERT_ROUTES: readonly Route[] = [
  {
    ...{ method: 'GET', path: '/api/v1/system/alerts' },
    query: {
      ...{ at_least: [...BAD_NUMBERS, '9007199254740991'], limit: [...BAD_NUMBERS, '0', '201'] },
      ...{ offset: [...BAD_NUMBERS, '100001'], status: ['', 'open', 'RAISED', 'raised,cleared'] },
      ...{ kind: ['', 'on_fire', 'toString'], severity: ['', 'fatal', 'Critical', '__proto__'] },
    },
  },
];

/** Method, the path before and after the id, body. */
export const ALERT_PATHS: readonly (readonly [method: string, before: string, after: string, body?: object])[] = [
  ['GET', '/api/v1/system/alerts/', ''],
];
