import type { ModelPosition } from '@ao/contracts';
import { ModelAnnouncer } from './model-announcer';

describe('the announcer of model positions', () => {
  const here: ModelPosition[] = [];
  const everywhere: ModelPosition[] = [];
  let announcer: ModelAnnouncer;

  beforeEach(() => {
    jest.useFakeTimers();
    here.length = 0;
    everywhere.length = 0;
    announcer = new ModelAnnouncer(
      (position) => here.push(position),
      (position) => everywhere.push(position),
      5,
    );
  });
  afterEach(() => {
    announcer.close();
    jest.useRealTimers();
  });

  const told = () => everywhere.map(({ model, position }) => `${model} ${position}`);

  it('should tell this process of every position at once', () => {
    for (const position of [1, 2, 3]) announcer.announce({ model: 'tasks', position });
    expect(here.map(({ position }) => position)).toEqual([1, 2, 3]);
  });

  it('should tell the others of the first at once and of the latest a moment later', () => {
    for (const position of [1, 2, 3]) announcer.announce({ model: 'tasks', position });
    announcer.announce({ model: 'agents', position: 2 });
    expect(told()).toEqual(['tasks 1', 'agents 2']);
    jest.advanceTimersByTime(5);
    expect(told()).toEqual(['tasks 1', 'agents 2', 'tasks 3']);
    jest.advanceTimersByTime(50);
    expect(told()).toHaveLength(3);
  });

  it('should keep the last position from being lost at the end', () => {
    announcer.announce({ model: 'tasks', position: 1 });
    announcer.announce({ model: 'tasks', position: 2 });
    announcer.close();
    expect(told()).toEqual(['tasks 1', 'tasks 2']);
  });
});
