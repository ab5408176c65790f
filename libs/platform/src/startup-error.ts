/** Why a service cannot start, in one sentence that says what to do. Shown without a stack trace. */
export class StartupError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'StartupError';
  }
}
