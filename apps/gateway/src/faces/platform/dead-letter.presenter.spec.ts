import type { DeadLetterGroup } from '../../projections/tasks/dead-letter.queries';
import { presentDeadLetterStats } from './dead-letter.presenter';

const OLD = new Date('2026-01-01T00:00:00.000Z');
const NEW = new Date('2026-01-02T00:00:00.000Z');
const group = (name: string, type: string, age: DeadLetterGroup['age'], count: number): DeadLetterGroup => ({
  ...{ class: name, type, age, count },
  ...{ oldest: OLD, newest: age === 'hour' ? NEW : OLD },
});

describe('the statistics of dead letters', () => {
  it('should sum up by class, by type and by age, the most frequent first', () => {
    const groups = [
      group('timeout', 'mail', 'hour', 2),
      group('oom', 'mail', 'older', 3),
      group('oom', 'ocr', 'hour', 4),
    ];
    expect(presentDeadLetterStats(groups)).toEqual({
      total: 9,
      by_class: [
        { class: 'oom', count: 7 },
        { class: 'timeout', count: 2 },
      ],
      by_type: [
        { type: 'mail', count: 5 },
        { type: 'ocr', count: 4 },
      ],
      by_age: { hour: 6, day: 0, week: 0, older: 3 },
      oldest_at: OLD.toISOString(),
      newest_at: NEW.toISOString(),
    });
  });

  it('should be nothing where there is none', () => {
    expect(presentDeadLetterStats([])).toEqual({
      ...{ total: 0, by_class: [], by_type: [], by_age: { hour: 0, day: 0, week: 0, older: 0 } },
      ...{ oldest_at: null, newest_at: null },
    });
  });
});
