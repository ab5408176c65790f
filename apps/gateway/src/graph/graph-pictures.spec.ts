import { dotOf, mermaidOf, shownDuration } from './graph-pictures';
import type { GraphNode, RunGraph } from './run-graph.types';

const RUN = '01890a5d-ac96-774b-bcce-b302099a8001';
const node = (id: string, changes: object): GraphNode =>
  ({
    ...{ id, label: id, run_id: RUN, status: 'completed', started_at: null, ended_at: null, duration_ms: null },
    ...{ cost: null, critical: false },
    ...changes,
  }) as unknown as GraphNode;

function graph(label = 'Extract'): RunGraph {
  return {
    ...{ run_id: RUN, status: 'completed', at: '', started_at: '', ended_at: null, truncated: null },
    critical_path: { total_ms: 0, wait_ms: 0, work_ms: 0, steps: [] },
    nodes: [
      node('run:1', { kind: 'run', label: 'pipeline' }),
      node('step:1:a', { kind: 'step', type: 'task', label, duration_ms: 4_200, critical: true, cost: { cost: 0.5 } }),
      node('attempt:1:a:1', { kind: 'attempt' }),
      node('task:1', { kind: 'task', status: 'dead_lettered' }),
      node('step:1:b', { kind: 'step', type: 'task', status: 'running' }),
      node('attempt:1:b:1', { kind: 'attempt', status: 'failed' }),
      node('attempt:1:b:2', { kind: 'attempt', status: 'running' }),
    ],
    edges: [
      { from: 'task:1', to: 'attempt:1:a:1', kind: 'caused', event: null },
      { from: 'task:1', to: 'attempt:1:b:1', kind: 'caused', event: null },
      { from: 'run:1', to: 'step:1:a', kind: 'spawned', event: null },
      { from: 'step:1:a', to: 'attempt:1:a:1', kind: 'spawned', event: null },
      { from: 'attempt:1:a:1', to: 'task:1', kind: 'spawned', event: null },
      { from: 'step:1:a', to: 'step:1:b', kind: 'depends', event: null },
      { from: 'step:1:b', to: 'attempt:1:b:1', kind: 'spawned', event: null },
      { from: 'step:1:b', to: 'attempt:1:b:2', kind: 'spawned', event: null },
    ],
  };
}

describe('pictures of a run', () => {
  it('should draw a step that was tried once as one, and a cause only where nothing else joins the two', () => {
    const lines = mermaidOf(graph()).split('\n');
    expect(lines.slice(0, 14)).toEqual([
      'flowchart TD',
      '  n0(["pipeline<br/>run · completed"]):::good',
      '  n1["Extract<br/>task · completed · 4.2 s · 0.5"]:::good',
      '  n2[["task:1<br/>task · dead_lettered"]]:::bad',
      '  n3["step:1:b<br/>task · running"]:::busy',
      '  n4("attempt:1:b:1<br/>attempt · failed"):::bad',
      '  n5("attempt:1:b:2<br/>attempt · running"):::busy',
      '  n0 --- n1',
      '  n1 --- n2',
      '  n1 --> n3',
      '  n3 --- n4',
      '  n3 --- n5',
      '  n2 -. caused .-> n4',
      '  classDef good fill:#dcfce7,stroke:#16a34a',
    ]);
    expect(lines.at(-2)).toBe('  class n1 critical');
    expect(dotOf(graph())).toMatch(/^digraph run \{\n(.*\n)*  n2 -> n4 \[label="caused", style=dotted\];\n\}\n$/);
  });

  const NASTY = [
    '"] end\nn9["x',
    '<script>alert(1)</script>',
    '`*a*`',
    'a\\" ]; evil [label="',
    '\u0000\u2028;%%{init}%%',
  ];

  it.each(NASTY)('should take the name of a step for a name alone: %j', (label) => {
    const [mermaid, dot] = [mermaidOf(graph(label)).split('\n'), dotOf(graph(label)).split('\n')];
    // As many lines as ever, and within the quotes nothing that could end them.
    expect(mermaid).toHaveLength(mermaidOf(graph()).split('\n').length);
    expect(mermaid[2]).toMatch(/^ {2}n1\["([^"<>`\\[\]{}|]|<br\/>)*"\]:::good$/);
    expect(dot).toHaveLength(dotOf(graph()).split('\n').length);
    expect(dot[4]).toMatch(/^ {2}n1 \[label="([^"\\]|\\["\\n])*", shape=box, color="#16a34a", penwidth=3\];$/);
  });

  it('should cut what is too long, between letters', () => {
    expect(mermaidOf(graph('😀'.repeat(500)))).toContain(`["${'😀'.repeat(119)}…<br/>`);
  });

  it('should say how long things took as one says it', () => {
    expect([0, 949.6, 4_249, 59_900, 200_500, 7_500_000].map(shownDuration)).toEqual([
      ...['0 ms', '950 ms', '4.2 s', '59.9 s', '3 min 20 s', '2 h 5 min'],
    ]);
  });
});
