import type { EdgeKind, GraphNode, NodeKind, RunGraph } from './run-graph.types';

const MAX_LABEL = 120;

/** What is drawn: an attempt that was the only one of its step is that step. */
interface Picture {
  readonly nodes: readonly { readonly name: string; readonly node: GraphNode; readonly text: readonly string[] }[];
  readonly edges: readonly { readonly from: string; readonly to: string; readonly kind: EdgeKind }[];
}

function pictureOf(graph: RunGraph): Picture {
  const instead = new Map<string, string>();
  const ofStep = new Map<string, string[]>();
  for (const { kind, from, to } of graph.edges) {
    if (kind === 'spawned' && from.startsWith('step:') && to.startsWith('attempt:'))
      ofStep.set(from, [...(ofStep.get(from) ?? []), to]);
  }
  for (const [step, all] of ofStep) if (all.length === 1) instead.set(all[0]!, step);
  const drawn = graph.nodes.filter(({ id }) => !instead.has(id));
  const names = new Map(drawn.map(({ id }, index) => [id, `n${index}`]));
  const nameOf = (id: string) => names.get(instead.get(id) ?? id);
  const edges = new Map<string, Picture['edges'][number]>();
  const joined = new Set<string>();
  // Causes come last, and where nothing else joins the two: they would say it twice.
  const ordered = [...graph.edges].sort((a, b) => Number(a.kind === 'caused') - Number(b.kind === 'caused'));
  for (const { kind, from: fromId, to: toId } of ordered) {
    const [from, to] = [nameOf(fromId), nameOf(toId)];
    if (from === undefined || to === undefined || from === to) continue;
    const pair = [from, to].sort().join(' ');
    if (kind === 'caused' && joined.has(pair)) continue;
    if (kind !== 'caused') joined.add(pair);
    edges.set(`${kind} ${from} ${to}`, { from, to, kind });
  }
  const nodes = drawn.map((node) => ({ name: names.get(node.id)!, node, text: textOf(node) }));
  return { nodes, edges: [...edges.values()] };
}

function textOf(node: GraphNode): string[] {
  const { kind, label, status, duration_ms, cost } = node;
  const word = kind === 'step' ? (node.type ?? kind) : kind;
  const time = duration_ms === null ? [] : [shownDuration(duration_ms)];
  const spent = cost && cost.cost > 0 ? [String(cost.cost)] : [];
  return [oneLine(label), [word, status, ...time, ...spent].join(' · ')];
}

/** `950 ms`, `4.2 s`, `3 min 20 s`, `2 h 5 min`. */
export function shownDuration(milliseconds: number): string {
  if (milliseconds < 1_000) return `${Math.round(milliseconds)} ms`;
  const seconds = milliseconds / 1_000;
  if (seconds < 60) return `${Math.round(seconds * 10) / 10} s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return `${minutes} min ${Math.floor(seconds % 60)} s`;
  return `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

/** Printable, and no longer than a picture bears. */
function oneLine(text: string): string {
  const line = text.replaceAll(/[\u0000-\u001f\u007f-\u009f\u2028\u2029]+/g, ' ').trim();
  const letters = [...line];
  return letters.length > MAX_LABEL ? `${letters.slice(0, MAX_LABEL - 1).join('')}…` : line;
}

const SHAPES: Readonly<Record<NodeKind, readonly [open: string, close: string]>> = {
  run: ['([', '])'],
  step: ['[', ']'],
  attempt: ['(', ')'],
  task: ['[[', ']]'],
  approval: ['{{', '}}'],
  signal: ['>', ']'],
};
const ARROWS: Readonly<Record<EdgeKind, string>> = {
  depends: '-->',
  spawned: '---',
  waits: '-- waits -->',
  compensates: '-. undoes .->',
  caused: '-. caused .->',
};
const CLASSES = [
  'classDef good fill:#dcfce7,stroke:#16a34a',
  'classDef bad fill:#fee2e2,stroke:#dc2626',
  'classDef busy fill:#dbeafe,stroke:#2563eb',
  'classDef idle fill:#f3f4f6,stroke:#9ca3af',
  'classDef critical stroke-width:4px',
];

/** As text for Mermaid: a flowchart. Pure. */
export function mermaidOf(graph: RunGraph): string {
  const { nodes, edges } = pictureOf(graph);
  const lines = nodes.map(({ name, node, text }) => {
    const [open, close] = SHAPES[node.kind];
    return `  ${name}${open}"${text.map(mermaidText).join('<br/>')}"${close}:::${moodOf(node.status)}`;
  });
  const critical = nodes.filter(({ node }) => node.critical).map(({ name }) => name);
  return [
    'flowchart TD',
    ...lines,
    ...edges.map(({ from, to, kind }) => `  ${from} ${ARROWS[kind]} ${to}`),
    ...CLASSES.map((line) => `  ${line}`),
    ...(critical.length > 0 ? [`  class ${critical.join(',')} critical`] : []),
    '',
  ].join('\n');
}

/** Everything that Mermaid, or the HTML it makes, would read as more than a letter, by its number. */
function mermaidText(text: string): string {
  return text.replaceAll(/["#&<>`;\\{}[\]()|]/g, (letter) => `#${letter.codePointAt(0)};`);
}

const FORMS: Readonly<Record<NodeKind, string>> = {
  run: 'doubleoctagon',
  step: 'box',
  attempt: 'ellipse',
  task: 'component',
  approval: 'hexagon',
  signal: 'note',
};
const LINES: Readonly<Record<EdgeKind, string>> = {
  depends: '',
  spawned: ' [arrowhead=none]',
  waits: ' [label="waits"]',
  compensates: ' [label="undoes", style=dashed]',
  caused: ' [label="caused", style=dotted]',
};
const COLOURS = { good: '#16a34a', bad: '#dc2626', busy: '#2563eb', idle: '#9ca3af' } as const;

/** As text for Graphviz. Pure. */
export function dotOf(graph: RunGraph): string {
  const { nodes, edges } = pictureOf(graph);
  const lines = nodes.map(({ name, node, text }) => {
    const width = node.critical ? ', penwidth=3' : '';
    const label = text.map(dotText).join('\\n');
    return `  ${name} [label="${label}", shape=${FORMS[node.kind]}, color="${COLOURS[moodOf(node.status)]}"${width}];`;
  });
  return [
    'digraph run {',
    '  rankdir=TB;',
    '  node [fontname="sans-serif"];',
    ...lines,
    ...edges.map(({ from, to, kind }) => `  ${from} -> ${to}${LINES[kind]};`),
    '}',
    '',
  ].join('\n');
}

const dotText = (text: string): string => text.replaceAll('\\', '\\\\').replaceAll('"', '\\"');

function moodOf(status: string): keyof typeof COLOURS {
  if (['completed', 'approved', 'taken'].includes(status)) return 'good';
  if (['failed', 'rejected', 'dead_lettered', 'expired'].includes(status)) return 'bad';
  if (['running', 'assigned', 'queued', 'pending', 'compensating', 'input_required'].includes(status)) return 'busy';
  return 'idle';
}
