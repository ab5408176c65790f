import type { Platform } from './platform';

let booted: Platform | undefined;

/** How `bootService`, which connects before Nest begins, hands the connections to the module that Nest then builds. */
export function handOver(platform: Platform): void {
  booted = platform;
}

/** What was handed over for this service, once. */
export function takeBooted(service: string): Platform | undefined {
  if (booted?.service !== service) return undefined;
  const platform = booted;
  booted = undefined;
  return platform;
}
