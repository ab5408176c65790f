/**
 * What a test file has opened and not yet closed. Kept on the file's global, where the test environment looks after
 * the file's last hook: what is still here fails the file.
 */
export interface OpenResource {
  readonly what: string;
  /** Where it was opened: the stack. */
  readonly at: string;
  /** Closes it without a word, so that the next file is not disturbed. */
  readonly force: () => Promise<unknown>;
}

export const OPEN_RESOURCES = '__aoOpenResources';

function resources(): Set<OpenResource> {
  const holder = globalThis as unknown as Record<string, Set<OpenResource> | undefined>;
  return (holder[OPEN_RESOURCES] ??= new Set());
}

/** Remembers it as open; call what it returns when it is closed. */
export function opened(what: string, force: () => Promise<unknown>): () => void {
  const at = (new Error().stack ?? '').split('\n').find((line) => line.includes('.spec.ts')) ?? '';
  const resource: OpenResource = { what, at: at.trim(), force };
  resources().add(resource);
  return () => void resources().delete(resource);
}
