import { pause } from '@ao/event-log';

/** Runs again and again, with pauses, until the signal ends; resolves when the last run has. One that throws runs again later. */
export async function runWhile(
  signal: AbortSignal,
  everyMs: number,
  run: (signal: AbortSignal) => Promise<number | void>,
  onError: (error: unknown) => void,
): Promise<void> {
  while (!signal.aborted) {
    let wait = everyMs;
    try {
      wait = (await run(signal)) ?? everyMs;
    } catch (error) {
      onError(error);
    }
    await pause(wait, signal);
  }
}
