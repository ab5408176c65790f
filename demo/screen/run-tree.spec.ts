import type { Approval, RunGraph } from '@agent-orchestration/sdk';
import { approvalText } from './approval';
import { agentsOf, runTree } from './run-tree';

const at = (second: number) => `2026-01-01T00:00:${String(second).padStart(2, '0')}.000Z`;
const timed = (from: number, to: number) => ({
  ...{ startedAt: at(from), endedAt: at(to), durationMs: (to - from) * 1_000, status: 'completed', runId: 'r' },
});
const step = (node: string, type: string | null, from: number, to: number, critical = false) => ({
  ...{ id: `step:r:${node}`, kind: 'step', label: node, node, type, critical, ...timed(from, to) },
});
const task = (id: string, from: number, to: number, ...assignments: [agent: string, outcome: string][]) => ({
  ...{ id: `task:${id}`, kind: 'task', label: id, critical: false, ...timed(from, to) },
  assignments: assignments.map(([agent_id, outcome]) => ({ agent_id, outcome })),
});
const spawned = (from: string, to: string) => ({ from, to, kind: 'spawned' });

const graph: RunGraph = {
  ...{ runId: 'r', status: 'completed', truncated: null },
  nodes: [
    { id: 'run:r', kind: 'run', label: 'Index\u001b', critical: false, ...timed(0, 9) },
    step('count', 'map', 0, 6),
    step('publish', 'approval', 6, 9, true),
    step('count/0', 'task', 0, 1),
    step('count/1', 'task', 0, 6, true),
    task('t0', 0, 1, ['a', 'completed']),
    task('t1', 0, 6, ['a', 'agent_lost'], ['b', 'completed']),
    {
      ...{ id: 'approval:p', kind: 'approval', label: 'Publish?', critical: false, ...timed(6, 9) },
      votes: [{ by: 'user:x', vote: 'approve', at: at(9) }],
    },
  ],
  edges: [
    spawned('step:r:count', 'step:r:count/0'),
    spawned('step:r:count', 'step:r:count/1'),
    spawned('step:r:count/0', 'task:t0'),
    spawned('step:r:count/1', 'task:t1'),
    spawned('step:r:publish', 'approval:p'),
  ],
  criticalPath: { totalMs: 9_000, waitMs: 4_000, workMs: 5_000, steps: [] },
};
const names = {
  document: (item: string) => (item === 'count/1' ? 'b.md' : undefined),
  agent: (id: string) => `agent-${id}`,
  items: () => 2,
};

describe('runTree', () => {
  it('should show steps with their times, what was tried again, and the critical path', () => {
    expect(runTree(graph, names).split('\n')).toEqual([
      'Index·: completed in 9.00 s',
      '├─ ◆ count    map       completed  +0.00 s  6.00 s  2 items in 3 attempts',
      '│  └─ ◆ b.md            completed  +0.00 s  6.00 s  agent-a ✕ agent lost → agent-b',
      '└─ ◆ publish  approval  completed  +6.00 s  3.00 s  approved by user:x',
      '◆ critical path: 9.00 s = 5.00 s of work + 4.00 s of waiting',
    ]);
    expect([...agentsOf(graph)]).toEqual(['a', 'b']);
  });

  it('should not count the attempts of a graph that was cut', () => {
    const cut = { ...graph, truncated: { nodes: 900 } };
    expect(runTree(cut, { ...names, items: () => 1_000 })).toMatch(/1000 items$/m);
  });
});

describe('approvalText', () => {
  it('should show all of the arguments and the hash, and pass no escape sequences on', () => {
    const asked = { title: 'Publish?\u001b[2J', description: '', arguments: { words: 3, of: '\u009b' } };
    const text = approvalText({ ...asked, argumentsHash: 'ab12', requestedBy: null } as Approval);
    expect(text).toContain('"words": 3');
    expect(text).toContain('arguments: ab12');
    expect(text).not.toMatch(/[\u001b\u009b]/);
  });
});
