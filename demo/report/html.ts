import { overallKeywords } from '../text/keywords';
import type { IndexedDocument, RunIndex } from '../work-folder';
import { html, Html } from './escape';
import type { Work } from './gather-work';
import { STYLE } from './style';
import { durationMs, nameOf, takenOver, workByAgent } from './summary';
import { timeline } from './timeline';

const LEGEND = [
  ['extract', 'blue'],
  ['count', 'green'],
  ['weigh', 'violet'],
  ['keywords', 'amber'],
] as const;

/** The report: one file that needs nothing beside itself, no script and no network. */
export function reportHtml(run: RunIndex, work: Work): string {
  const indexed = run.documents.filter(({ skipped }) => skipped === undefined);
  const skipped = run.documents.filter((document) => document.skipped !== undefined);
  const page = html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'" />
        <title>Index of ${run.folder}</title>
        <style>
          ${new Html(STYLE)}
        </style>
      </head>
      <body>
        <main>
          <h1>Index of ${run.folder}</h1>
          <p class="soft">Made by a fleet of agents, ${run.startedAt}</p>
          ${tiles(indexed, skipped.length, work)} ${run.notes.map((note) => html`<p class="soft">${note}</p>`)}
          <h2>Keywords over all documents</h2>
          <div class="card words">${keywordBars(indexed)}</div>
          <h2>Documents</h2>
          <div class="card">${documentTable(indexed, work)}</div>
          ${skippedSection(skipped)}
          <h2>Who did what</h2>
          <div class="card">
            <p>
              ${LEGEND.map(
                ([name, colour]) => html`<span class="key"><i style="background:var(--${colour})"></i>${name}</span>`,
              )}
              <span class="key"><i style="border:1px dashed var(--red)"></i>lost</span>
            </p>
            ${timeline(run, work)}
          </div>
          <div class="card" style="margin-top:12px">${agentTable(work)}</div>
          ${takenOverSection(run, work)}
          <footer class="soft">
            Every line about agents, attempts and times comes from the event log, by way of the history of each task.
          </footer>
        </main>
      </body>
    </html>`;
  return page.text;
}

function tiles(indexed: readonly IndexedDocument[], skipped: number, work: Work): Html {
  const words = indexed.reduce((sum, { count }) => sum + (count?.words ?? 0), 0);
  const attempts = work.tasks.reduce((sum, task) => sum + task.attempts.length, 0);
  const figures: [string, number][] = [
    ['documents', indexed.length],
    ['words', words],
    ['skipped files', skipped],
    ['tasks', work.tasks.length],
    ['attempts', attempts],
    ['agents', Object.keys(work.agentNames).length],
  ];
  return html`<div class="tiles">
    ${figures.map(([name, value]) => html`<div class="tile"><b>${number(value)}</b><span class="soft">${name}</span></div>`)}
  </div>`;
}

function keywordBars(indexed: readonly IndexedDocument[]): Html[] {
  const overall = overallKeywords(indexed.map(({ keywords }) => keywords ?? []));
  const most = overall[0]?.score ?? 1;
  return overall.map(
    ({ term, score }) =>
      html`<div class="word">
        <span>${term}</span>
        <div class="bar" style="width:${Math.max(2, (score / most) * 100).toFixed(1)}%"></div>
        <span class="num soft">${score.toFixed(1)}</span>
      </div>`,
  );
}

function documentTable(indexed: readonly IndexedDocument[], work: Work): Html {
  const tasks = new Map(work.tasks.map((task) => [task.taskId, task]));
  const rows = indexed.map((document) => {
    const own = document.taskIds.flatMap((id) => tasks.get(id) ?? []);
    const agents = own.flatMap(({ attempts }) =>
      attempts.map(({ agentId, outcome }) => ({ name: nameOf(work, agentId), lost: outcome !== 'completed' })),
    );
    const busy = own.flatMap(({ attempts }) => attempts).reduce((sum, attempt) => sum + durationMs(attempt), 0);
    return html`<tr>
      <td class="path">${document.path}${document.cut ? html` <span class="chip lost">cut</span>` : ''}</td>
      <td class="num">${number(document.count?.words ?? 0)}</td>
      <td class="num">${number(document.count?.lines ?? 0)}</td>
      <td>${document.encoding ?? ''}</td>
      <td>${(document.keywords ?? []).map(({ term }) => html`<span class="chip">${term}</span>`)}</td>
      <td>
        ${agents.map(({ name, lost }) => html`<span class="${lost ? 'chip lost' : 'chip'}">${name}${lost ? ' ✕' : ''}</span>`)}
      </td>
      <td class="num">${seconds(busy)}</td>
    </tr>`;
  });
  return html`<table>
    <thead>
      <tr>
        <th>document</th>
        <th class="num">words</th>
        <th class="num">lines</th>
        <th>encoding</th>
        <th>keywords</th>
        <th>agents</th>
        <th class="num">work</th>
      </tr>
    </thead>
    <tbody>
      ${rows}
    </tbody>
  </table>`;
}

function skippedSection(skipped: readonly IndexedDocument[]): Html {
  if (skipped.length === 0) return html``;
  return html`<h2>Skipped files</h2>
    <div class="card">
      <table>
        ${skipped.map(
          (file) =>
            html`<tr>
              <td class="path">${file.path}</td>
              <td class="soft">${file.skipped ?? ''}</td>
            </tr>`,
        )}
      </table>
    </div>`;
}

function agentTable(work: Work): Html {
  const rows = workByAgent(work).map(
    ({ agent, completed, unfinished, busyMs, byType }) =>
      html`<tr>
        <td>${agent}</td>
        <td class="num">${completed}</td>
        <td class="num">${unfinished}</td>
        <td class="num">${seconds(busyMs)}</td>
        <td>${Object.entries(byType).map(([type, count]) => html`<span class="chip">${type} ${count}</span>`)}</td>
      </tr>`,
  );
  return html`<table>
    <thead>
      <tr>
        <th>agent</th>
        <th class="num">completed</th>
        <th class="num">not completed</th>
        <th class="num">work</th>
        <th>tasks</th>
      </tr>
    </thead>
    <tbody>
      ${rows}
    </tbody>
  </table>`;
}

function takenOverSection(run: RunIndex, work: Work): Html {
  const moved = takenOver(work);
  if (!run.killed && moved.length === 0) return html``;
  const line = run.killed ? `The process of ${run.killed.agent} was killed (SIGKILL) in the middle of its work.` : '';
  return html`<h2>Taken over</h2>
    <div class="card">
      <p>${line}</p>
      <table>
        ${moved.map(
          ({ task, from, by, afterMs }) =>
            html`<tr>
              <td>${task.type}</td>
              <td class="path">${task.document ?? ''}</td>
              <td>lost by ${from}</td>
              <td>completed by ${by}, ${seconds(afterMs)} later</td>
            </tr>`,
        )}
      </table>
    </div>`;
}

const number = (value: number) => value.toLocaleString('en');
const seconds = (milliseconds: number) => `${(milliseconds / 1_000).toFixed(2)} s`;
