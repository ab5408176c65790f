/** What happens when the process is asked to end. Apps register what must stop or be handed over before connections close. */
export class Lifecycle {
  private readonly hooks: { name: string; hook: () => Promise<void> | void }[] = [];
  private ending = false;

  /** True from the first moment of the end on: take nothing new. */
  get draining(): boolean {
    return this.ending;
  }

  /**
   * Runs when the drain begins, beside the end of the command intake and of the HTTP intake: close sockets, stop giving
   * out work, hand leadership over. May take a few seconds; what throws is logged and does not stop the rest.
   */
  onDrain(name: string, hook: () => Promise<void> | void): void {
    this.hooks.push({ name, hook });
  }

  begin(): void {
    this.ending = true;
  }

  async runHooks(onError: (name: string, error: unknown) => void): Promise<void> {
    await Promise.all(
      this.hooks.map(async ({ name, hook }) => {
        try {
          await hook();
        } catch (error) {
          onError(name, error);
        }
      }),
    );
  }
}
