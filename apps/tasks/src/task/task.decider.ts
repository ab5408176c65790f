import type { TaskEvent } from '@ao/contracts';
import { assertNever, type Decider, type Decision } from '@ao/kernel';
import { assign, complete, expireLease, giveBack, provideInput, requireInput, start } from './attempt.rules';
import { acceptResult, cancel, deadLetter, removeDeadLetter, retry } from './ending.rules';
import { unknownTask, type TaskCommand } from './task.commands';
import { evolve, initialState, type TaskState } from './task.state';
import { change, endDependency, expire, pause, release, resume, submit } from './waiting.rules';

export type * from './task.commands';

export const taskDecider: Decider<TaskState, TaskCommand, TaskEvent> = { initialState, evolve, decide };

function decide(command: TaskCommand, state: TaskState): Decision<TaskEvent> {
  if (command.type === 'SubmitTask') return submit(command, state);
  if (state.status === 'absent') return unknownTask(command);
  switch (command.type) {
    case 'ReleaseTask':
      return release(command, state);
    case 'EndDependency':
      return endDependency(command, state);
    case 'ChangeTask':
      return change(command, state);
    case 'PauseTask':
      return pause(command, state);
    case 'ResumeTask':
      return resume(command, state);
    case 'ExpireTask':
      return expire(command, state);
    case 'AssignTask':
      return assign(command, state);
    case 'StartTask':
      return start(command, state);
    case 'RequireInput':
      return requireInput(command, state);
    case 'ProvideInput':
      return provideInput(command, state);
    case 'CompleteTask':
      return complete(command, state);
    case 'ReturnTask':
      return giveBack(command, state);
    case 'ExpireTaskLease':
      return expireLease(command, state);
    case 'CancelTask':
      return cancel(command, state);
    case 'DeadLetterTask':
      return deadLetter(command, state);
    case 'RemoveDeadLetter':
      return removeDeadLetter(command, state);
    case 'RetryTask':
      return retry(command, state);
    case 'AcceptResult':
      return acceptResult(command, state);
    default:
      return assertNever(command);
  }
}
