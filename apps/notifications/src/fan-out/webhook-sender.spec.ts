import { resultOf } from './webhook-sender';

const answer = (status: number, more: object = {}) => resultOf({ status, response: 'said', ...more });

describe('what an answer to a webhook means', () => {
  it.each([200, 201, 204, 299])('should be a success: %i', (status) => {
    expect(answer(status)).toEqual({ delivered: true, status_code: status, response: 'said' });
  });

  it.each([301, 302, 307, 308])('should be a failure and not followed: %i', (status) => {
    expect(answer(status)).toMatchObject({ delivered: false, error: 'redirect', status_code: status });
  });

  it.each([400, 404, 429, 500, 503])('should be a failure that is tried again: %i', (status) => {
    const result = answer(status);
    expect(result).toMatchObject({ delivered: false, error: 'status', detail: `It answered ${status}` });
    expect(result).not.toHaveProperty('final');
  });

  it('should be the end of all deliveries: 410', () => {
    expect(answer(410)).toMatchObject({ delivered: false, error: 'status', final: 'gone' });
  });

  it('should obey Retry-After where the receiver has too much to do, and nowhere else', () => {
    for (const status of [429, 502, 503, 504]) {
      expect(answer(status, { retryAfterMs: 60_000 })).toMatchObject({ retry_after_ms: 60_000 });
    }
    for (const status of [400, 500]) {
      expect(answer(status, { retryAfterMs: 60_000 })).not.toHaveProperty('retry_after_ms');
    }
  });
});
