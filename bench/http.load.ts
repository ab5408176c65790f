import autocannon, { type Request } from 'autocannon';

export interface Load {
  readonly url: string;
  readonly requests: readonly Request[];
  readonly connections: number;
  readonly seconds: number;
}

export interface Measured {
  readonly perSecond: number;
  readonly p50: number;
  readonly p99: number;
}

/**
 * Requests one after the other over so many connections, all through the time.
 * @throws when an answer is not 2xx: a rate of refusals measures nothing
 */
export async function measure({ url, requests, connections, seconds }: Load): Promise<Measured> {
  const result = await autocannon({ url, connections, duration: seconds, requests: [...requests] });
  const { non2xx, errors, timeouts, statusCodeStats } = result;
  if (non2xx + errors + timeouts > 0) {
    const statuses = JSON.stringify(statusCodeStats);
    throw new Error(`${url} did not answer all with 2xx: ${statuses}, ${errors} errors, ${timeouts} timeouts`);
  }
  return {
    perSecond: Math.round(result.requests.total / result.duration),
    p50: result.latency.p50,
    p99: result.latency.p99,
  };
}

/** The run with the middle rate. */
export function median(runs: readonly Measured[]): Measured {
  const sorted = [...runs].sort((a, b) => a.perSecond - b.perSecond);
  return sorted[Math.floor(sorted.length / 2)]!;
}
