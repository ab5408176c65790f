/**
 * The ids of the tasks for which `workflows.run_work` has a row: never fewer, at times a few more. Of thousands of tasks a second
 * that end, only these concern a run.
 */
export class TasksOfRuns {
  private ids = new Set<string>();

  get isEmpty(): boolean {
    return this.ids.size === 0;
  }

  /** As the table has them. */
  async load(rows: AsyncIterable<string>): Promise<void> {
    const ids = new Set<string>();
    for await (const id of rows) ids.add(id);
    this.ids = ids;
  }

  has(taskId: string): boolean {
    return this.ids.has(taskId);
  }

  add(taskId: string): void {
    this.ids.add(taskId);
  }

  delete(taskId: string): void {
    this.ids.delete(taskId);
  }
}
