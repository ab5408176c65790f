import { LogUnavailableError, OutcomeUnknownError } from '@ao/event-log';
import { reject, type Rejection } from '@ao/kernel';

/** Nobody answers the request, or the bus is down: nothing was received, so the same request may be sent again. */
export function serviceUnavailable(requestName: string, why: string): Rejection {
  return reject('unavailable', 'service_unavailable', `Expected to ${requestName}, but ${why}`);
}

/** Nobody knows whether the command was carried out; the same command id will tell. */
export function outcomeUnknown(requestName: string, commandId: string, why: string): Rejection {
  return {
    ...reject(
      'unavailable',
      'outcome_unknown',
      `Expected to ${requestName} by command '${commandId}', but ${why}; its outcome is unknown, send it again with the same id`,
    ),
    command_id: commandId,
  };
}

export function tooLarge(requestName: string, bytes: number, limit: number): Rejection {
  return reject(
    'too_large',
    'too_large',
    `Expected to ${requestName}, but it takes ${bytes} bytes and only ${limit} are allowed`,
  );
}

/** What a handler's exception means to the sender; undefined for one that nobody foresaw. */
export function rejectionOf(error: unknown, requestName: string): Rejection | undefined {
  if (error instanceof OutcomeUnknownError)
    return outcomeUnknown(requestName, error.command_id, 'the log did not say whether it was appended');
  if (error instanceof LogUnavailableError)
    return reject('unavailable', 'log_unavailable', `Expected to ${requestName}, but the event log cannot be reached`);
  return undefined;
}

/** The answer to a failure that is a defect of the service: its details go to the service's own log. */
export function internalError(requestName: string, commandId: string): Rejection {
  return {
    ...reject('unavailable', 'internal_error', `Expected to ${requestName}, but the service failed unexpectedly`),
    command_id: commandId,
  };
}
