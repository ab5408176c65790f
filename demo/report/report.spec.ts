import type { HistoryEvent } from '@agent-orchestration/sdk';
import type { RunIndex } from '../work-folder';
import { attemptsOf } from './attempts';
import { escape, html } from './escape';
import { reportHtml } from './html';
import { takenOver, workByAgent } from './summary';

const at = (second: number) => `2026-01-01T00:00:${String(second).padStart(2, '0')}.000Z`;

function history(...events: [type: string, data: Record<string, unknown>][]): HistoryEvent[] {
  return events.map(([type, data], index) => ({
    position: index + 1,
    version: index + 1,
    type,
    data,
    metadata: {},
    recordedAt: at(index),
  }));
}

const lostAndTakenOver = history(
  ['TaskSubmitted', { type: 'document.count' }],
  ['TaskAssigned', { agent_id: 'a', attempt: 1, assigned_at: at(1) }],
  ['TaskStarted', { started_at: at(1) }],
  ['TaskLeaseExpired', { expired_at: at(4) }],
  ['TaskAssigned', { agent_id: 'b', attempt: 2, assigned_at: at(5) }],
  ['TaskStarted', { started_at: at(5) }],
  ['TaskCompleted', { completed_at: at(7) }],
  ['TaskCompletionRejected', { rejected_at: at(8) }],
);
const work = {
  tasks: [{ taskId: 't1', type: 'document.count', document: '<u>.md', attempts: attemptsOf(lostAndTakenOver) }],
  agentNames: { a: 'analyser-1', b: 'analyser-2' },
};
const run: RunIndex = {
  folder: '/docs "&" <more>',
  startedAt: at(0),
  killed: { agent: 'analyser-1', at: at(2) },
  notes: ['a <note>'],
  taskIds: [],
  documents: [
    {
      path: '<u>.md',
      bytes: 5,
      encoding: 'utf-8',
      cut: true,
      count: { words: 1234, uniqueWords: 3, lines: 2, characters: 20 },
      keywords: [{ term: '<script>', score: 2 }],
      taskIds: ['t1'],
    },
    { path: 'image.png', bytes: 9, skipped: 'binary: PNG image', taskIds: [] },
  ],
};

describe('attemptsOf', () => {
  it('should tell each acquisition of a task, who had it and how it ended', () => {
    expect(attemptsOf(lostAndTakenOver)).toEqual([
      { number: 1, agentId: 'a', assignedAt: at(1), startedAt: at(1), endedAt: at(4), outcome: 'lost' },
      { number: 2, agentId: 'b', assignedAt: at(5), startedAt: at(5), endedAt: at(7), outcome: 'completed' },
    ]);
    expect(attemptsOf([])).toEqual([]);
  });
});

describe('the summary', () => {
  it('should say who completed what and who took over from whom', () => {
    expect(workByAgent(work)).toEqual([
      { agent: 'analyser-1', completed: 0, unfinished: 1, busyMs: 3000, byType: {} },
      { agent: 'analyser-2', completed: 1, unfinished: 0, busyMs: 2000, byType: { 'document.count': 1 } },
    ]);
    expect(takenOver(work)).toMatchObject([{ from: 'analyser-1', by: 'analyser-2', afterMs: 3000 }]);
  });
});

describe('the report', () => {
  const page = reportHtml(run, work);

  it('should show results, agents, the takeover and skipped files', () => {
    for (const text of [
      '1,234',
      'analyser-2',
      'image.png',
      'binary: PNG image',
      'lost by analyser-1',
      '3.00 s later',
    ]) {
      expect(page).toContain(text);
    }
  });

  it('should escape whatever comes from files, and load nothing', () => {
    expect(page).not.toMatch(/<u>|<more>|<note>|<script/);
    expect(page).toContain('&lt;script&gt;');
    expect(page).not.toMatch(/(src|href)=|https?:/);
    expect(escape(`<a href='x'>"&\u0007`)).toBe('&lt;a href=&#39;x&#39;&gt;&quot;&amp;\uFFFD');
    expect(html`<i>${'<'}${html`<b>${1}</b>`}${[html`x`, html`y`]}</i>`.text).toBe('<i>&lt;<b>1</b>xy</i>');
  });

  it('should be able to say that nothing was found', () => {
    const empty = reportHtml({ ...run, documents: [], killed: null, notes: [] }, { tasks: [], agentNames: {} });
    expect(empty).toContain('<table>');
  });
});
