import type { EndedAttempt } from './ended-attempt';
import { createRecorder } from './recorder';

const attempt = (delivery_id: string, response: string | null = 'said'): EndedAttempt => ({
  ...{ delivery_id, target_id: 't', target_kind: 'webhook', number: 1, tries: 1, at: '2026-01-01T00:00:00.000Z' },
  ...{ duration_ms: 1, status_code: 200, error: null, detail: null, response, state: 'delivered', due_at: null },
  gone: false,
});

/** A table that refuses as the test says. */
function scene(refuse: (attempts: readonly EndedAttempt[], nth: number) => object | undefined = () => undefined) {
  const written: EndedAttempt[][] = [];
  const errors: unknown[] = [];
  const recorded: string[] = [];
  let nth = 0;
  const recorder = createRecorder({
    store: {
      record: (attempts) => {
        const error = refuse(attempts, (nth += 1));
        if (error) return Promise.reject(error);
        written.push([...attempts]);
        return Promise.resolve([]);
      },
    },
    recorded: (attempts) => recorded.push(...attempts.map(({ delivery_id }) => delivery_id)),
    onError: (error) => errors.push(error),
  });
  return { recorder, written, errors, recorded };
}

describe('writing attempts', () => {
  it('should write what ended at about the same time in one statement', async () => {
    const { recorder, written, recorded } = scene();
    for (const id of ['a', 'b', 'c']) recorder.add(attempt(id));
    expect(recorder.waiting()).toBe(3);
    await recorder.stop(1_000);
    expect(written.map((batch) => batch.map(({ delivery_id }) => delivery_id))).toEqual([['a', 'b', 'c']]);
    expect(recorded).toEqual(['a', 'b', 'c']);
    expect(recorder.waiting()).toBe(0);
  });

  it('should try again while Postgres cannot be reached, and say that nothing is written before it is', async () => {
    const { recorder, recorded, errors } = scene((_attempts, nth) => (nth < 3 ? new Error('away') : undefined));
    recorder.add(attempt('a'));
    await recorder.stop(5_000);
    expect(errors).toHaveLength(2);
    expect(recorded).toEqual(['a']);
  });

  it('should give up in time when it is stopped, and leave the rest unwritten', async () => {
    const { recorder, recorded } = scene(() => new Error('away'));
    recorder.add(attempt('a'));
    await recorder.stop(100);
    expect(recorded).toEqual([]);
    expect(recorder.waiting()).toBe(1);
  });

  it('should write the others where Postgres refuses a text, and that one without it', async () => {
    const refused = (attempts: readonly EndedAttempt[]) =>
      attempts.some(({ response }) => response === 'bad') ? { code: '22P05' } : undefined;
    const { recorder, written, recorded } = scene(refused);
    for (const [id, response] of Object.entries({ a: 'fine', b: 'bad', c: 'fine' }))
      recorder.add(attempt(id, response));
    await recorder.stop(5_000);
    expect(recorded).toEqual(['a', 'b', 'c']);
    expect(written.flat().map(({ response }) => response)).toEqual(['fine', null, 'fine']);
  });
});
