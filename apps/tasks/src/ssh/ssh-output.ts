import { StringDecoder } from 'node:string_decoder';
import type { SshResult, TaskLogEntry } from '@ao/contracts';

export type SshStream = 'stdout' | 'stderr';

export interface SshOutputOptions {
  /** Bytes that go to the log. */
  readonly maxBytes: number;
  /** Takes the lines of the log. */
  readonly write: (entries: Pick<TaskLogEntry, 'level' | 'message'>[]) => void;
}

/** The result stands in the log of events, whose entries are small. */
const RESULT_BYTES = 16 * 1024;
const MAX_LINES = 10_000;
/** Of one entry; a longer line makes several. */
const LINE_LENGTH = 8_000;

/** What a command writes, kept within bounds: the beginning for the result, lines for the log, a count of the rest. */
export class SshOutput {
  private readonly streams = { stdout: new Stream(), stderr: new Stream() };
  private written = 0;
  private lines = 0;
  private cut = false;

  constructor(private readonly options: SshOutputOptions) {}

  get bytes(): number {
    return this.streams.stdout.bytes + this.streams.stderr.bytes;
  }

  take(name: SshStream, chunk: Buffer): void {
    const stream = this.streams[name];
    stream.bytes += chunk.length;
    const room = Math.max(0, this.options.maxBytes - this.written);
    const part = chunk.subarray(0, room);
    if (part.length < chunk.length) this.cut = true;
    if (part.length === 0) return;
    this.written += part.length;
    this.add(name, stream.decoder.write(part));
  }

  /** Writes the last lines, which nothing ended. */
  end(): void {
    for (const name of ['stdout', 'stderr'] as const) {
      const stream = this.streams[name];
      this.add(name, stream.decoder.end());
      if (stream.line !== '') this.write(name, [stream.line]);
      stream.line = '';
    }
  }

  result(): Pick<SshResult, 'stdout' | 'stderr' | 'stdout_bytes' | 'stderr_bytes' | 'truncated'> {
    const { stdout, stderr } = this.streams;
    return {
      stdout: stdout.head,
      stderr: stderr.head,
      stdout_bytes: stdout.bytes,
      stderr_bytes: stderr.bytes,
      truncated: this.cut || stdout.headFull || stderr.headFull,
    };
  }

  private add(name: SshStream, decoded: string): void {
    // Postgres keeps no NUL.
    const text = decoded.replaceAll('\u0000', '\ufffd');
    const stream = this.streams[name];
    stream.keep(text);
    const lines = (stream.line + text).split('\n');
    const open = piecesOf(lines.pop() ?? '');
    stream.line = open.pop() ?? '';
    this.write(name, [...lines.flatMap((line) => piecesOf(line.replace(/\r$/, ''))), ...open]);
  }

  private write(name: SshStream, lines: readonly string[]): void {
    const room = MAX_LINES - this.lines;
    if (lines.length > room) this.cut = true;
    const level = name === 'stdout' ? 'info' : 'warn';
    const entries = lines.slice(0, room).map((line) => ({ level, message: line.toWellFormed() }) as const);
    this.lines += entries.length;
    if (entries.length > 0) this.options.write(entries);
  }
}

/** At least one. */
function piecesOf(line: string): string[] {
  const pieces: string[] = [];
  for (let from = 0; from === 0 || from < line.length; from += LINE_LENGTH)
    pieces.push(line.slice(from, from + LINE_LENGTH));
  return pieces;
}

class Stream {
  readonly decoder = new StringDecoder('utf8');
  bytes = 0;
  /** Not ended yet. */
  line = '';
  head = '';
  headFull = false;
  private headBytes = 0;

  keep(text: string): void {
    if (text === '' || this.headFull) return;
    const bytes = Buffer.byteLength(JSON.stringify(text)) - 2;
    if (this.headBytes + bytes <= RESULT_BYTES) {
      this.head += text;
      this.headBytes += bytes;
      return;
    }
    this.headFull = true;
    for (const character of text) {
      this.headBytes += Buffer.byteLength(JSON.stringify(character)) - 2;
      if (this.headBytes > RESULT_BYTES) return;
      this.head += character;
    }
  }
}
