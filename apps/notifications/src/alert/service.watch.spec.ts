import type { ServiceStatus, Severity } from '@ao/contracts';
import { newId } from '@ao/kernel';
import { statusOf } from './alert.testing';
import { watchService } from './service.watch';
import { StatusBoard } from './status.board';

const LIMITS = { unhealthy_seconds: 30, gone_seconds: 600 };
const [one, two, three] = [newId(), newId(), newId()];

/** A board whose clock is turned by hand, in seconds; words are repeated every 5 s for as long as a process speaks. */
class Story {
  private now = 0;
  private readonly speaking = new Map<string, Partial<ServiceStatus>>();
  private raised: Severity | undefined;
  readonly said: string[] = [];

  constructor(readonly board = new StatusBoard(0)) {}

  speaks(instance_id: string, changes: Partial<ServiceStatus> = {}): this {
    this.speaking.set(instance_id, changes);
    this.word(instance_id);
    return this;
  }

  falls(instance_id: string): this {
    this.speaking.delete(instance_id);
    return this;
  }

  stops(instance_id: string): this {
    this.speaks(instance_id, { stopping: true, ready: false });
    return this.falls(instance_id);
  }

  after(seconds: number): this {
    for (let second = 1; second <= seconds; second += 1) {
      this.now += 1_000;
      if (this.now % 5_000 === 0) for (const instance_id of this.speaking.keys()) this.word(instance_id);
      this.look();
    }
    return this;
  }

  interrupted(): this {
    this.board.interrupted(this.now);
    return this;
  }

  standing(severity: Severity): this {
    this.raised = severity;
    return this;
  }

  private word(instance_id: string): void {
    this.board.heard(statusOf('tasks', { instance_id, ...this.speaking.get(instance_id) }), this.now);
  }

  private look(): void {
    const { listeningSince, startedAt } = this.board;
    const about = { service: 'tasks', instances: this.board.of('tasks'), expected: this.board.expected.has('tasks') };
    const facts = { ...about, raised: this.raised, now: this.now, listeningSince, startedAt };
    const { verdict, gone } = watchService(facts, LIMITS);
    this.board.forget(gone);
    if (!verdict) return;
    const severity = verdict.verdict === 'raise' ? verdict.severity : undefined;
    if (severity === this.raised) return;
    this.raised = severity;
    this.said.push(`${this.now / 1_000}: ${severity ?? 'clear'}`);
  }
}

const NOT_READY = { ready: false, failing: [{ check: 'postgres', error: 'refused' }] };

describe('a service', () => {
  it('should be unhealthy when its only process is silent for 30 s, and well when another one serves', () => {
    const story = new Story().speaks(one).after(100).falls(one).after(29);
    expect(story.said).toEqual([]);
    expect(story.after(1).said).toEqual(['130: critical']);
    expect(story.after(600).speaks(two).after(1).said).toEqual(['130: critical', '731: clear']);
    expect(story.after(3_600).said).toHaveLength(2);
  });

  it('should be unhealthy when a process is not ready for 30 s, and well when it is ready again', () => {
    const story = new Story().speaks(one).after(50).speaks(one, NOT_READY).after(29);
    expect(story.said).toEqual([]);
    expect(story.after(1).said).toEqual(['80: critical']);
    expect(story.speaks(one).after(1).said).toEqual(['80: critical', '81: clear']);
  });

  it('should stay well through what is shorter than that', () => {
    const story = new Story().speaks(one).after(20).speaks(one, NOT_READY).after(25).speaks(one).after(20);
    expect(story.falls(one).after(25).speaks(one).after(60).said).toEqual([]);
  });

  it('should stay well through a rolling update, a scale-down and an orderly end', () => {
    const story = new Story().speaks(one).speaks(two).after(60);
    story.stops(one).speaks(three, NOT_READY).after(10).speaks(three).after(60).stops(two).after(700);
    expect(story.said).toEqual([]);
    expect(story.stops(three).after(3_600).said).toEqual([]);
  });

  it('should be a warning while others serve, and over when the silent one is long gone', () => {
    const story = new Story().speaks(one).speaks(two).after(60).falls(two).after(30);
    expect(story.said).toEqual(['90: warning']);
    expect(story.after(569).said).toHaveLength(1);
    expect(story.after(1).said).toEqual(['90: warning', '660: clear']);
  });

  it('should be well as soon as one that came later serves in the place of the silent one', () => {
    const story = new Story().speaks(one).speaks(two).after(60).falls(two).after(40);
    expect(story.speaks(three, NOT_READY).after(5).said).toEqual(['90: warning']);
    expect(story.speaks(three).after(1).said).toEqual(['90: warning', '106: clear']);
  });

  it('should not let one take the place of two', () => {
    const story = new Story().speaks(one).speaks(two).after(60).falls(one).falls(two).after(30);
    expect(story.said).toEqual(['90: critical']);
    expect(story.speaks(three).after(30).said).toEqual(['90: critical']);
    expect(story.speaks(newId()).after(1).said).toEqual(['90: critical', '121: clear']);
  });

  it('should not be judged by what could not be heard', () => {
    const story = new Story().speaks(one).after(60).falls(one).after(25).interrupted().after(29);
    expect(story.said).toEqual([]);
    expect(story.after(1).said).toEqual(['115: critical']);
  });

  it('should be missed by a process that only knows that it is expected', () => {
    const board = new StatusBoard(0);
    board.expect(['tasks']);
    const story = new Story(board).after(29);
    expect(story.said).toEqual([]);
    expect(story.after(1).said).toEqual(['30: critical']);
    expect(story.speaks(one).after(1).said).toEqual(['30: critical', '31: clear']);
  });

  it('should be called well only by a process that has listened for long enough', () => {
    const story = new Story().standing('warning').speaks(one).after(29);
    expect(story.said).toEqual([]);
    expect(story.after(1).said).toEqual(['30: clear']);
  });

  it('should be over when what was unhealthy was asked to end', () => {
    const story = new Story().speaks(one, NOT_READY).after(40);
    expect(story.stops(one).after(1).said).toEqual(['30: critical', '41: clear']);
  });

  it('should not be kept in mind for ever, and be unhealthy all the same while nobody serves', () => {
    const story = new Story().speaks(one).after(60).falls(one).after(1_200);
    expect([story.said, story.board.all()]).toEqual([['90: critical'], []]);
    expect(story.speaks(two).after(1).said).toEqual(['90: critical', '1261: clear']);
  });

  it('should say how many serve, which are silent and which checks fail', () => {
    const board = new StatusBoard(0);
    for (const instance_id of [one, two]) board.heard(statusOf('tasks', { instance_id, ...NOT_READY }), 0);
    board.heard(statusOf('tasks', { instance_id: three }), 39_000);
    board.heard(statusOf('tasks', { instance_id: two, ...NOT_READY }), 39_000);
    const facts = { service: 'tasks', instances: board.of('tasks'), expected: true, raised: undefined };
    const found = watchService({ ...facts, now: 40_000, listeningSince: 0, startedAt: 0 }, LIMITS);
    expect(found.gone).toEqual([]);
    expect(found.verdict).toEqual({
      ...{ kind: 'service_unhealthy', source: 'tasks', verdict: 'raise', severity: 'warning' },
      details: { serving: 1, silent: 0, not_ready: 1, checks: 'postgres', after_seconds: 30 },
    });
  });
});
