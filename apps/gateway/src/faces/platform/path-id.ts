import { readId } from '@ao/kernel';
import { Problem } from '../../http/problem';

/** The `404` of an object, whatever was asked of it. */
export function notFound(what: string, pointer = '/path/id'): Problem {
  const name = what.replaceAll(' ', '_').toLowerCase();
  return new Problem(404, `${name}_not_found`, `${what} not found`, {
    errors: [{ pointer, message: `names no ${what.toLowerCase()}` }],
  });
}

/** A UUID in canonical form. @throws Problem 404 for anything else: no object has such an id */
export function pathId(param: string, what: string, pointer = '/path/id'): string {
  const id = readId(param);
  if (id === undefined) throw notFound(what, pointer);
  return id;
}
