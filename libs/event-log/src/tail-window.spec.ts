import { Selection } from './selection';
import { createTailWindow, type TailEvent } from './tail-window';

const event = (position: number, category = 'task', type = 'Noted'): TailEvent =>
  ({ event: { position, category, type, data: { position } } }) as unknown as TailEvent;
const ALL = Selection.of(['task', 'run']);
const TASKS = Selection.of(['task']);
const ENDS = Selection.of(['task', 'run'], { task: ['Ended'] });

describe('the window', () => {
  const positions = (window: ReturnType<typeof createTailWindow>, after: number, names = ALL) =>
    window.after(after, names, 100).events.map(({ event: { position } }) => position);

  it('should hand on what lies after a position, of the categories asked for', () => {
    const window = createTailWindow(10);
    window.add([event(11), event(12, 'run'), event(13)], 14, ALL);
    expect(positions(window, 10)).toEqual([11, 12, 13]);
    expect(positions(window, 11, TASKS)).toEqual([13]);
    expect(window.after(10, ALL, 2).upTo).toBe(12);
    expect(window.after(10, ALL, 3).upTo).toBe(14);
    expect(window.floor(ALL)).toBe(10);
  });

  it('should let go of what all have, and say so by its floor', () => {
    const window = createTailWindow(10);
    window.add([event(11), event(12), event(13)], 13, ALL);
    window.release(12);
    expect(window.floor(ALL)).toBe(12);
    expect(positions(window, 12)).toEqual([13]);
    window.release(20);
    expect(window.floor(ALL)).toBe(13);
    window.add([event(21)], 21, ALL);
    expect(positions(window, 13)).toEqual([21]);
    expect(window.head()).toBe(21);
  });

  it('should know nothing of a category that it was not filled with', () => {
    const window = createTailWindow(10);
    window.add([event(11)], 11, TASKS);
    expect(window.floor(ALL)).toBe(Number.POSITIVE_INFINITY);
    expect(window.floor(TASKS)).toBe(10);
  });

  it('should hand on of a category only the types asked for', () => {
    const window = createTailWindow(10);
    window.add([event(11), event(12, 'task', 'Ended'), event(13, 'run')], 14, ALL);
    expect(positions(window, 10, ENDS)).toEqual([12, 13]);
    expect(window.floor(ENDS)).toBe(10);
  });

  it('should know nothing of a type that it was not filled with', () => {
    const window = createTailWindow(10);
    window.add([event(11, 'task', 'Ended')], 12, ENDS);
    expect(window.floor(ENDS)).toBe(10);
    expect(window.floor(TASKS)).toBe(Number.POSITIVE_INFINITY);
    window.add([event(13)], 14, ALL);
    expect(window.floor(TASKS)).toBe(12);
    expect(window.floor(ENDS)).toBe(10);
    window.keepTo(TASKS);
    expect(window.floor(ALL)).toBe(Number.POSITIVE_INFINITY);
    expect(window.floor(TASKS)).toBe(12);
  });
});
