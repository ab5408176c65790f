/** Where the fault lies decides what a subscription does with it. */
export type Fault =
  /** Postgres or the way to it: wait and try again for as long as it takes. */
  | 'unavailable'
  /** The installation: a table or grant is missing. Every event would fail, so nothing is parked; it waits as well. */
  | 'installation'
  /** The event or the code that handles it: bounded retries, then parked. */
  | 'event';

const UNREACHABLE = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'ECONNABORTED',
  'EPIPE',
  'ETIMEDOUT',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
]);

// Texts of node-postgres, which gives these failures no code.
const DRIVER =
  /^(Connection terminated|Client has encountered a connection error|Client was closed|timeout expired|timeout exceeded when trying to connect|Query read timeout|Cannot use a pool after calling end)/;

export function faultOf(error: unknown): Fault {
  if (!(error instanceof Error)) return 'event';
  if (error.name === 'LogUnavailableError' || error.name === 'OutcomeUnknownError') return 'unavailable';
  const code = (error as { code?: unknown }).code;
  if (typeof code === 'string') {
    if (UNREACHABLE.has(code)) return 'unavailable';
    // Connection exception, insufficient resources, operator intervention (less a cancelled query), read-only standby.
    if (/^(08|53|57P|25006|25P03|58)/.test(code)) return 'unavailable';
    if (/^(42P01|42703|42501|3F000)$/.test(code)) return 'installation';
  }
  return DRIVER.test(error.message) ? 'unavailable' : 'event';
}

/** Milliseconds before the next try, exponential from `base` to `most`, spread by half so that replicas do not march in step. */
export function backoff(attempt: number, base: number, most: number): number {
  const whole = Math.min(most, base * 2 ** Math.min(attempt, 20));
  return whole / 2 + Math.random() * (whole / 2);
}

/** Waits, or returns at once when the signal is or becomes aborted. */
export function pause(milliseconds: number, signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve();
  return new Promise((resolve) => {
    const end = () => {
      clearTimeout(timer);
      signal.removeEventListener('abort', end);
      resolve();
    };
    const timer = setTimeout(end, milliseconds);
    signal.addEventListener('abort', end);
  });
}

export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message || error.name : String(error);
}
