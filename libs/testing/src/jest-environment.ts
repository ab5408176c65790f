import { TestEnvironment } from 'jest-environment-node';
import { OPEN_RESOURCES, type OpenResource } from './open-resources';

/** Node's environment that fails a test file which left a database, a server or a service of the harness open. */
export default class LeakCheckedEnvironment extends TestEnvironment {
  private left: OpenResource[] = [];

  async handleTestEvent(event: { readonly name: string }): Promise<void> {
    // After the last hook, while modules can still be loaded.
    if (event.name !== 'run_finish') return;
    this.left = [...((this.global as unknown as Record<string, Set<OpenResource> | undefined>)[OPEN_RESOURCES] ?? [])];
    await Promise.allSettled(this.left.map((resource) => resource.force()));
  }

  override async teardown(): Promise<void> {
    await super.teardown();
    if (this.left.length === 0) return;
    const list = this.left.map((resource) => `  ${resource.what} ${resource.at}`).join('\n');
    throw new Error(`This test file did not close what it opened (stop() or drop() it in afterAll):\n${list}`);
  }
}
