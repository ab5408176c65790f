import type { Route } from './bad-input.identity.fixture';

/** Health and metrics of the operations document as `bad-input.spec.ts` wants them: what each parameter must not be. */

const BAD_NUMBERS = ['-1', '1.5', '1e3', '0x10', 'ten', '', '99999999999999999999'] as const;

export const OPERATIONS_ROUTES: readonly Route[] = [
  { method: 'GET', path: '/v1/health', as: 'nobody' },
  {
    ...{ method: 'GET', path: '/v1/metrics' },
    query: {
      at_least: [...BAD_NUMBERS, '9007199254740991'],
      period: ['', '2h', '1H', '24', '-1d', 'constructor', '1h&period=24h'],
      metric: [
        ...['', ',', 'nonsense', 'Error_Rate', 'error_rate,', 'error_rate,nonsense', '__proto__', 'constructor'],
        ...['toString', 'error_rate%00', 'error_rate;drop', `${'error_rate,'.repeat(200)}error_rate`],
        'error_rate&metric=response_time',
      ],
    },
  },
];
