import http from 'node:http';

export interface Sent {
  readonly id: string | undefined;
  readonly event: string;
  readonly data: Record<string, unknown>;
}

/** The far end of server-sent events, as the standard reads them. */
export class EventSourceClient {
  readonly sent: Sent[] = [];
  comments = 0;
  /** Resolves with the status and the headers. */
  readonly answered: Promise<http.IncomingMessage>;
  readonly ended: Promise<void>;
  private readonly request: http.ClientRequest;
  private rest = '';

  constructor(
    url: string,
    headers: Record<string, string>,
    private readonly heard: (sent: Sent) => void = () => undefined,
  ) {
    this.request = http.get(url, { headers, agent: false });
    this.answered = new Promise((resolve, reject) => this.request.once('response', resolve).once('error', reject));
    this.ended = this.answered.then(
      (response) =>
        new Promise<void>((resolve) => {
          response.setEncoding('utf8');
          response.on('data', (text: string) => this.took(text));
          response.on('error', () => undefined);
          response.once('close', resolve);
        }),
      () => undefined,
    );
    this.request.on('error', () => undefined);
  }

  get events(): Sent[] {
    return this.sent.filter(({ data }) => data['position'] !== undefined && data['subject'] !== undefined);
  }

  cut(): void {
    this.request.destroy();
  }

  private took(text: string): void {
    const blocks = (this.rest + text).split('\n\n');
    this.rest = blocks.pop()!;
    for (const block of blocks) {
      const fields = new Map<string, string>();
      for (const line of block.split('\n')) {
        const colon = line.indexOf(':');
        if (colon === 0) this.comments += 1;
        else fields.set(line.slice(0, colon), line.slice(colon + 1).replace(/^ /, ''));
      }
      const data = fields.get('data');
      if (data === undefined) continue;
      const sent = {
        id: fields.get('id'),
        event: fields.get('event') ?? 'message',
        data: JSON.parse(data) as Sent['data'],
      };
      this.sent.push(sent);
      this.heard(sent);
    }
  }
}
