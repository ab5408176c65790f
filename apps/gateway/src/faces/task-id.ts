import { notFound } from './platform/path-id';

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;
/** As the operations face writes it; the hyphens may be left out. */
const PREFIXED = /^task_([0-9a-f]{8})-?([0-9a-f]{4})-?([0-9a-f]{4})-?([0-9a-f]{4})-?([0-9a-f]{12})$/i;

/** The id of a task as any of the faces writes it, in canonical form; undefined: none. */
export function taskIdIn(text: string): string | undefined {
  if (UUID.test(text)) return text.toLowerCase();
  return PREFIXED.exec(text)?.slice(1).join('-').toLowerCase();
}

/** @throws Problem 404 for anything else: no task has such an id */
export function taskId(param: string, pointer?: string): string {
  const id = taskIdIn(param);
  if (id === undefined) throw notFound('Task', pointer);
  return id;
}

/** The id as the operations face writes it. */
export const prefixedTaskId = (id: string) => `task_${id.replaceAll('-', '')}`;
