import { Problem } from './problem';

const PREFIX = '/v1/';

/** Routes of the operations document, which knows 400 where the others answer 422, and wraps its errors. */
export const isOperationsRoute = (url: string) => url.startsWith(PREFIX);

/** A problem in the words of that document: `error` beside the members of every other face. */
export function operationsProblem({ status, code, detail, options }: Problem): Problem {
  return new Problem(status === 422 ? 400 : status, code, detail, {
    ...options,
    extra: { ...options.extra, error: { code, message: detail } },
  });
}
