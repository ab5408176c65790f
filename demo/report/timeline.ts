import type { RunIndex } from '../work-folder';
import type { Work } from './gather-work';
import { html, type Html } from './escape';
import { nameOf } from './summary';

const WIDTH = 1_080;
const LEFT = 110;
const ROW = 14;
const GAP = 10;
const CLASSES: Readonly<Record<string, string>> = {
  'document.extract': 'extract',
  'document.count': 'count',
  'corpus.weigh': 'weigh',
  'document.keywords': 'keywords',
};
/** More bars than this cannot be told apart, and make the file heavy. */
const MOST_BARS = 6_000;

interface Bar {
  readonly agent: string;
  readonly from: number;
  readonly to: number;
  readonly lost: boolean;
  readonly type: string;
  readonly title: string;
}

/** Who worked on what when: one lane per agent, one bar per attempt, lost ones dashed. */
export function timeline(run: RunIndex, work: Work): Html {
  const bars = barsOf(work);
  if (bars.length === 0) return html``;
  const start = Math.min(
    ...[Date.parse(run.startedAt)],
    bars.reduce((least, { from }) => Math.min(least, from), Infinity),
  );
  const end = bars.reduce((most, { to }) => Math.max(most, to), start + 1);
  const x = (time: number) => LEFT + ((time - start) / (end - start)) * (WIDTH - LEFT - 10);
  const agents = [...new Set(bars.map(({ agent }) => agent))].sort();
  let height = GAP;
  const lanes = agents.map((agent) => {
    const rows = inRows(bars.filter((bar) => bar.agent === agent));
    const top = height;
    height += rows.length * ROW + GAP;
    return html`<text x="0" y="${top + 11}">${agent.slice(0, 16)}</text>
      ${rows.map((row, index) => html`${row.map((bar) => drawn(bar, x, top + index * ROW))}`)}
      <line class="lane" x1="${LEFT}" x2="${WIDTH - 10}" y1="${height - GAP / 2}" y2="${height - GAP / 2}"></line>`;
  });
  height += 20;
  const seconds = (end - start) / 1_000;
  return html`<svg viewBox="0 0 ${WIDTH} ${height}" role="img" aria-label="Attempts of each agent over time">
    ${lanes} ${killedMark(run, x, height)}
    <text x="${LEFT}" y="${height - 4}">0 s</text>
    <text x="${WIDTH - 10}" y="${height - 4}" text-anchor="end">${seconds.toFixed(1)} s</text>
  </svg>`;
}

function barsOf(work: Work): Bar[] {
  const bars: Bar[] = [];
  for (const task of work.tasks) {
    for (const attempt of task.attempts) {
      if (attempt.startedAt === null || attempt.endedAt === null) continue;
      if (bars.length >= MOST_BARS) return bars;
      bars.push({
        agent: nameOf(work, attempt.agentId),
        from: Date.parse(attempt.startedAt),
        to: Date.parse(attempt.endedAt),
        lost: attempt.outcome !== 'completed',
        type: task.type,
        title: `${task.type} ${task.document ?? ''} · attempt ${attempt.number} · ${attempt.outcome}`,
      });
    }
  }
  return bars;
}

/** Attempts side by side go into rows of their own, as few as will do. */
function inRows(bars: readonly Bar[]): Bar[][] {
  const rows: Bar[][] = [];
  for (const bar of [...bars].sort((one, other) => one.from - other.from)) {
    const row = rows.find((entries) => (entries.at(-1)?.to ?? 0) <= bar.from);
    if (row) row.push(bar);
    else rows.push([bar]);
  }
  return rows;
}

function drawn(bar: Bar, x: (time: number) => number, y: number): Html {
  const width = Math.max(1.5, x(bar.to) - x(bar.from) - 0.5);
  const name = bar.lost ? 'lost' : (CLASSES[bar.type] ?? 'other');
  return html`<rect
    class="${name}"
    x="${x(bar.from).toFixed(1)}"
    y="${y}"
    width="${width.toFixed(1)}"
    height="${ROW - 3}"
    rx="2"
  >
    <title>${bar.title}</title></rect
  >`;
}

function killedMark(run: RunIndex, x: (time: number) => number, height: number): Html {
  if (!run.killed) return html``;
  const at = x(Date.parse(run.killed.at)).toFixed(1);
  return html`<line class="killed" x1="${at}" x2="${at}" y1="0" y2="${height - 18}"></line>
    <text x="${at}" y="${height - 4}" text-anchor="middle">${run.killed.agent} killed</text>`;
}
