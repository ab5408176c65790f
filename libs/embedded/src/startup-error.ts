/** Something a person must change before this can start: the message is one sentence that says what to do. No stack is shown. */
export class StartupError extends Error {
  constructor(message: string, options?: { cause?: unknown }) {
    super(message, options);
    this.name = 'StartupError';
  }
}
