import { prefixedId, readId } from '@ao/kernel';
import { notFound } from './platform/path-id';

/** The id of an object as any of the faces writes it: a UUID, or `<prefix>_` and the same with or without hyphens. */
export interface PrefixedIds {
  /** In canonical form; undefined: it is none. */
  readonly in: (text: string) => string | undefined;
  /** @throws Problem 404 for anything else: no object has such an id */
  readonly of: (param: string, pointer?: string) => string;
  /** As the operations face writes it. */
  readonly shown: (id: string) => string;
}

/** @param what as a 404 calls it: `Run` */
export function prefixedIds(prefix: string, what: string): PrefixedIds {
  const idIn = (text: string) => readId(text, prefix);
  return {
    in: idIn,
    of: (param, pointer) => {
      const id = idIn(param);
      if (id === undefined) throw notFound(what, pointer);
      return id;
    },
    shown: (id) => prefixedId(prefix, id),
  };
}

export const runIds = prefixedIds('run', 'Run');
export const workflowIds = prefixedIds('workflow', 'Workflow');
