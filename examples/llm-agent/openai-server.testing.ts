import http from 'node:http';
import type { AddressInfo } from 'node:net';

export interface Asked {
  readonly authorization: string | undefined;
  readonly body: Readonly<Record<string, unknown>>;
  /** The client has gone before the answer was complete. */
  left: boolean;
}

type Answer = (response: http.ServerResponse, asked: Asked) => void;

/** A provider of OpenAI's protocol that says what the test wants. */
export class OpenAiServer {
  readonly asked: Asked[] = [];
  answer: Answer = streamed(['Hello', ' fleet']);
  private readonly server = http.createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      if (request.method !== 'POST' || request.url !== '/v1/chat/completions')
        return void response.writeHead(404).end();
      const body = JSON.parse(Buffer.concat(chunks).toString()) as Asked['body'];
      const asked: Asked = { authorization: request.headers.authorization, body, left: false };
      this.asked.push(asked);
      response.on('close', () => (asked.left = !response.writableFinished));
      this.answer(response, asked);
    });
  });

  /** Resolves with its base URL. */
  async start(): Promise<string> {
    await new Promise<void>((resolve) => this.server.listen(0, '127.0.0.1', resolve));
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}/v1`;
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise<void>((resolve) => this.server.close(() => resolve()));
  }
}

export const USAGE = {
  prompt_tokens: 1_000,
  completion_tokens: 200,
  prompt_tokens_details: { cached_tokens: 400 },
} as const;

const chunk = (choices: unknown[], usage: unknown = null) =>
  `data: ${JSON.stringify({ object: 'chat.completion.chunk', choices, usage })}\n\n`;

/** The answer in these pieces; then why it ended, what it used, and the end. `null` for usage: it is not told. */
export function streamed(pieces: readonly string[], usage: unknown = USAGE): Answer {
  return (response) => {
    begin(response);
    for (const content of pieces) response.write(chunk([{ index: 0, delta: { content }, finish_reason: null }]));
    response.write(chunk([{ index: 0, delta: {}, finish_reason: 'stop' }]));
    if (usage !== null) response.write(chunk([], usage));
    response.end('data: [DONE]\n\n');
  };
}

/** Begins to answer and goes no further. */
export function halted(): Answer {
  return (response) => {
    begin(response);
    response.write(chunk([{ index: 0, delta: { content: 'Hel' }, finish_reason: null }]));
  };
}

export function raw(status: number, headers: http.OutgoingHttpHeaders, text: string): Answer {
  return (response) => void response.writeHead(status, headers).end(text);
}

export function refused(status: number, message: string, headers: http.OutgoingHttpHeaders = {}): Answer {
  const text = JSON.stringify({ error: { message, type: 'error', code: null } });
  return raw(status, { 'content-type': 'application/json', ...headers }, text);
}

function begin(response: http.ServerResponse): void {
  response.writeHead(200, { 'content-type': 'text/event-stream; charset=utf-8' });
}
