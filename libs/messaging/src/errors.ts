/** One class per way in which the bus can fail, so that callers decide by `instanceof` and never by text. */

/** There is no connection to NATS at this moment; nothing was sent. */
export class BusDisconnectedError extends Error {
  constructor(subject: string) {
    super(`not connected to NATS, so nothing was sent to '${subject}'`);
    this.name = 'BusDisconnectedError';
  }
}

/** The bus was closed for good; nothing was sent. */
export class BusClosedError extends Error {
  constructor(what: string) {
    super(`the bus is closed: ${what}`);
    this.name = 'BusClosedError';
  }
}

/** Nobody listens on the subject; nothing was received. */
export class NoResponderError extends Error {
  constructor(readonly subject: string) {
    super(`nobody answers '${subject}'`);
    this.name = 'NoResponderError';
  }
}

/** No answer came in time; the request may have been carried out or not. */
export class RequestTimeoutError extends Error {
  constructor(
    readonly subject: string,
    readonly timeoutMs: number,
  ) {
    super(`no answer from '${subject}' within ${Math.round(timeoutMs)} ms`);
    this.name = 'RequestTimeoutError';
  }
}

/** This service's NATS user may not use the subject. */
export class BusPermissionError extends Error {
  constructor(
    readonly operation: 'publish' | 'subscribe',
    readonly subject: string,
  ) {
    super(`this service's NATS user may not ${operation} '${subject}'; see permissionsOf in libs/messaging`);
    this.name = 'BusPermissionError';
  }
}

/** The body is larger than what may travel on the bus; nothing was sent. */
export class MessageTooLargeError extends Error {
  constructor(
    readonly subject: string,
    readonly bytes: number,
    readonly limit: number,
  ) {
    super(`a message of ${bytes} bytes for '${subject}' is larger than the ${limit} bytes allowed`);
    this.name = 'MessageTooLargeError';
  }
}

/** What came in is not what this subject carries. */
export class MalformedMessageError extends Error {
  constructor(
    readonly subject: string,
    why: string,
  ) {
    super(`a message on '${subject}' cannot be read: ${why}`);
    this.name = 'MalformedMessageError';
  }
}
