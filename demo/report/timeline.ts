import type { RunIndex } from '../work-folder';
import type { Work } from './gather-work';
import { html, type Html } from './escape';
import { nameOf } from './summary';

const WIDTH = 1_080;
const LEFT = 110;
const LANE = 26;
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
  const height = agents.length * LANE + 30;
  const lanes = agents.map((agent, index) => {
    const y = index * LANE + LANE;
    const own = bars.filter((bar) => bar.agent === agent);
    return html`<text x="0" y="${y - 8}">${agent.slice(0, 16)}</text>
      <line class="lane" x1="${LEFT}" x2="${WIDTH - 10}" y1="${y}" y2="${y}"></line>
      ${own.map((bar) => drawn(bar, x, y))}`;
  });
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

function drawn(bar: Bar, x: (time: number) => number, y: number): Html {
  const width = Math.max(1.5, x(bar.to) - x(bar.from) - 0.5);
  const name = bar.lost ? 'lost' : (CLASSES[bar.type] ?? 'other');
  return html`<rect
    class="${name}"
    x="${x(bar.from).toFixed(1)}"
    y="${y - 18}"
    width="${width.toFixed(1)}"
    height="14"
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
