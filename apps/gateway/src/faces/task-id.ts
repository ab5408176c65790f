import { prefixedIds } from './prefixed-id';

const { in: taskIdIn, of: taskId, shown: prefixedTaskId } = prefixedIds('task', 'Task');
export { prefixedTaskId, taskId, taskIdIn };
