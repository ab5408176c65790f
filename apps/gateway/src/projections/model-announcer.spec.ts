import type { ModelPosition } from '@ao/contracts';
import { ModelAnnouncer } from './model-announcer';

describe('the announcer of model positions', () => {
  const here: ModelPosition[] = [];
  const everywhere: (readonly ModelPosition[])[] = [];
  let announcer: ModelAnnouncer;

  beforeEach(() => {
    jest.useFakeTimers();
    here.length = 0;
    everywhere.length = 0;
    announcer = new ModelAnnouncer(
      (position) => here.push(position),
      (positions) => everywhere.push(positions),
      5,
    );
  });
  afterEach(() => {
    announcer.close();
    jest.useRealTimers();
  });

  const told = () =>
    everywhere.map((positions) => positions.map(({ model, position }) => `${model} ${position}`).join(', '));

  it('should tell this process of every position at once', () => {
    for (const position of [1, 2, 3]) announcer.announce({ model: 'tasks', position });
    expect(here.map(({ position }) => position)).toEqual([1, 2, 3]);
  });

  it('should tell the others a moment later of the latest of each, in one message', () => {
    for (const position of [1, 2, 3]) announcer.announce({ model: 'tasks', position });
    announcer.announce({ model: 'agents', position: 2 });
    expect(told()).toEqual([]);
    jest.advanceTimersByTime(5);
    expect(told()).toEqual(['tasks 3, agents 2']);
    announcer.announce({ model: 'agents', position: 4 });
    jest.advanceTimersByTime(50);
    expect(told()).toEqual(['tasks 3, agents 2', 'agents 4']);
  });

  it('should keep the last position from being lost at the end', () => {
    announcer.announce({ model: 'tasks', position: 1 });
    announcer.close();
    expect(told()).toEqual(['tasks 1']);
  });
});
