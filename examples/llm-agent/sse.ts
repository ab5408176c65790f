const MOST_CHARACTERS_OF_AN_EVENT = 1_000_000;

/**
 * The data of each server-sent event of a response (WHATWG HTML, "Server-sent events"); other fields and comments are
 * passed over.
 * @throws Error when an event is longer than a million characters
 */
export async function* serverSentEvents(body: AsyncIterable<Uint8Array>): AsyncGenerator<string> {
  const decoder = new TextDecoder();
  let rest = '';
  let data: string[] = [];
  let size = 0;
  for await (const bytes of body) {
    rest += decoder.decode(bytes, { stream: true });
    // A carriage return at the end may be the first half of a line's end.
    const lines = rest.split(/\r\n|\n|\r(?!$)/);
    rest = lines.pop() ?? '';
    size += bytes.length;
    if (size > MOST_CHARACTERS_OF_AN_EVENT) throw new Error('an event of the stream is too long');
    for (const line of lines) {
      if (line.startsWith('data:')) data.push(line.slice(line.startsWith('data: ') ? 6 : 5));
      else if (line === '') {
        if (data.length > 0) yield data.join('\n');
        data = [];
        size = rest.length;
      }
    }
  }
}
