import type { Applied, DocumentCache } from './apply-batch';

/** The documents a projection's owner touched last, as they are in its table. */
export interface OwnedDocumentCache<Document> extends DocumentCache<Document> {
  /** What a transaction made of some documents; counts once it is accepted. */
  propose(applied: Applied<Document>): void;
  accept(): void;
  /** The transaction before did not end well, or its end is unknown: forget what it touched. */
  discard(): void;
  clear(): void;
}

/**
 * Bounded, oldest first. Right only for the one writer of the table: it is cleared whenever ownership or the state itself
 * may have changed hands (`activated`).
 */
export function createDocumentCache<Document>(most = 4_096): OwnedDocumentCache<Document> {
  const documents = new Map<string, { readonly document: Document | undefined; readonly position: number }>();
  let proposed: Applied<Document> | undefined;
  return {
    get: (id) => documents.get(id),
    propose(applied) {
      proposed = applied;
    },
    accept() {
      for (const [id, { document, position }] of proposed ?? []) {
        documents.delete(id);
        documents.set(id, { document, position });
      }
      proposed = undefined;
      for (const id of documents.keys()) {
        if (documents.size <= most) break;
        documents.delete(id);
      }
    },
    discard() {
      for (const id of proposed?.keys() ?? []) documents.delete(id);
      proposed = undefined;
    },
    clear() {
      documents.clear();
      proposed = undefined;
    },
  };
}
