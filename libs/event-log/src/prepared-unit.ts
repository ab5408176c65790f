import { categoryOf } from '@ao/kernel';
import { InvalidUnitError, type AppendUnit, type StreamAppend } from './types';

/** Bytes. An event must fit a NATS message with room to spare. */
const MAX_DATA = 256 * 1024;
const MAX_RESULT = 16 * 1024;
const MAX_EVENTS = 1_000;

const COMMAND_ID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;
const HASH = /^[0-9a-f]{64}$/;
const STREAM_ID = /^[a-z][a-z0-9_]*-[A-Za-z0-9][A-Za-z0-9_:-]*$/;
const TYPE = /^[A-Za-z][A-Za-z0-9]*$/;
/** What JSON.stringify writes for NUL and for a lone surrogate: Postgres refuses the one, Unicode the other. */
const UNSTORABLE = /(?<!\\)(?:\\\\)*\\u(?:0000|d[89a-f])/;

/** A unit checked and turned into text, once, when it is handed in: forming and sending a batch costs no more of that. */
export interface PreparedUnit {
  readonly unit: AppendUnit;
  /** Hex without dashes. */
  readonly commandId: string;
  readonly metadata: string;
  readonly result: string;
  /** The data of all events, stream by stream. */
  readonly data: readonly string[];
  /** Roughly what it adds to a statement, in UTF-16 units. */
  readonly size: number;
}

/** @throws InvalidUnitError */
export function prepareUnit(unit: AppendUnit): PreparedUnit {
  const id = unit.metadata.command_id;
  if (!COMMAND_ID.test(id)) throw new InvalidUnitError(`the command id '${id}' is not a lower-case UUID`);
  if (!HASH.test(unit.command_hash)) throw new InvalidUnitError('the command hash is not a SHA-256 in lower-case hex');
  checkStreams(unit.streams);

  const metadata = storableText(unit.metadata, MAX_DATA, 'the metadata');
  const result = storableText(unit.result ?? null, MAX_RESULT, 'the result');
  const data: string[] = [];
  let size = metadata.length + result.length + 64;
  for (const stream of unit.streams) {
    size += stream.stream_id.length + 16;
    for (const event of stream.events) {
      if (!TYPE.test(event.type) || event.type.length > 100)
        throw new InvalidUnitError(`'${event.type}' is no event type`);
      if (!Number.isInteger(event.schema_version) || event.schema_version < 1)
        throw new InvalidUnitError(`event ${event.type} has no schema version`);
      const text = storableText(event.data, MAX_DATA, `the data of event ${event.type}`);
      data.push(text);
      size += text.length + event.type.length + 16;
    }
  }
  if (data.length > MAX_EVENTS) throw new InvalidUnitError(`a unit holds at most ${MAX_EVENTS} events`);
  return {
    unit,
    commandId: id.slice(0, 8) + id.slice(9, 13) + id.slice(14, 18) + id.slice(19, 23) + id.slice(24),
    metadata,
    result,
    data,
    size,
  };
}

function checkStreams(streams: readonly StreamAppend[]): void {
  if (streams.length === 0) throw new InvalidUnitError('a unit names at least one stream');
  for (let index = 0; index < streams.length; index += 1) {
    const { stream_id, expected_version, events } = streams[index]!;
    if (!STREAM_ID.test(stream_id) || stream_id.length > 192 || categoryOf(stream_id).length > 63)
      throw new InvalidUnitError(`'${stream_id}' is no stream id`);
    if (
      expected_version === undefined
        ? events.length === 0
        : !(Number.isSafeInteger(expected_version) && expected_version >= 0)
    )
      throw new InvalidUnitError(`stream ${stream_id} is to be checked, but names no version`);
    for (let other = 0; other < index; other += 1)
      if (streams[other]!.stream_id === stream_id)
        throw new InvalidUnitError(`stream ${stream_id} comes twice in one unit`);
  }
}

function storableText(value: unknown, limit: number, what: string): string {
  let text: string | undefined;
  try {
    text = JSON.stringify(value);
  } catch (error) {
    throw new InvalidUnitError(`${what} cannot be written as JSON`, error);
  }
  if (text === undefined) throw new InvalidUnitError(`${what} is no JSON value`);
  // The length in UTF-16 units bounds the bytes from below and, times three, from above.
  if (text.length > limit || (text.length * 3 > limit && Buffer.byteLength(text) > limit))
    throw new InvalidUnitError(`${what} is larger than ${limit / 1024} KiB`);
  if (text.includes('\\u') && UNSTORABLE.test(text))
    throw new InvalidUnitError(`${what} holds a NUL or a lone surrogate`);
  return text;
}
