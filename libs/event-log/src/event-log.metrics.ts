/** What the log tells about itself; the platform turns it into Prometheus metrics. */
export interface EventLogMetrics {
  /** A batch was committed. `seconds` from sending it to its reply. */
  batch?(batch: { readonly units: number; readonly events: number; readonly seconds: number }): void;
  /** A unit was answered. `seconds` from `append` to its outcome, waiting for its batch included. */
  unit?(unit: {
    readonly outcome:
      'appended' | 'repeated' | 'conflict' | 'command_id_reused' | 'unavailable' | 'unknown' | 'refused';
    readonly seconds: number;
  }): void;
  /** Units that wait for a batch, after each change. */
  waiting?(units: number): void;
}
