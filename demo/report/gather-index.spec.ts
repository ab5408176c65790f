import type { Run } from '@agent-orchestration/sdk';
import { withTasks } from './gather-index';

const step = (key: string, taskId: string | null, items: [place: number, taskId: string][] = []) => ({
  ...{ key, node: key, taskId },
  items: items.map(([place, task]) => ({ node: `${key}/${place}`, taskId: task })),
});

describe('withTasks', () => {
  it('should give each document its tasks, whatever was skipped before it', () => {
    const steps = [
      step('extract', null, [
        [0, 'e0'],
        [1, 'e1'],
        [2, 'e2'],
      ]),
      step('count', null, [
        [0, 'c0'],
        [1, 'c2'],
      ]),
      step('weigh', 'w'),
      step('keywords', null, [[1, 'k2']]),
      step('publish', null),
    ] as unknown as Run['steps'];
    const found = [
      { path: 'a', bytes: 1 },
      { path: 'b', bytes: 0, skipped: 'empty' },
      { path: 'c', bytes: 1 },
    ];
    expect(withTasks({ steps }, found)).toEqual({
      documents: [
        { ...found[0], taskIds: ['e0', 'c0'] },
        { ...found[1], taskIds: ['e1'] },
        { ...found[2], taskIds: ['e2', 'c2', 'k2'] },
      ],
      taskIds: ['w'],
    });
  });
});
