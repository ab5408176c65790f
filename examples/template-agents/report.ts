import { TaskFailedError, type JsonObject, type TaskHandler } from '@agent-orchestration/sdk';
import { numberIn, objectIn, textIn } from './task-input';

interface Point {
  readonly timestamp: string;
  readonly value: number;
}

const METRICS = ['tasks_submitted', 'tasks_completed', 'tasks_failed', 'queue_depth', 'active_agents'] as const;

/** Reads the control plane's own figures of the last 24 hours (`GET /v1/metrics`). */
export const figures =
  ({ baseUrl, apiKey }: { readonly baseUrl: string; readonly apiKey: string | undefined }): TaskHandler =>
  async ({ signal }) => {
    const url = new URL(`/v1/metrics?period=24h&metric=${METRICS.join(',')}`, baseUrl);
    const headers = { ...(apiKey !== undefined && { authorization: `Bearer ${apiKey}` }) };
    const response = await fetch(url, { headers, signal });
    if (!response.ok) {
      const retryable = response.status >= 500 || response.status === 429;
      throw new TaskFailedError(`the metrics answer ${response.status}`, { class: 'NoFigures', retryable });
    }
    const { data } = (await response.json()) as { data: { metrics: Record<(typeof METRICS)[number], Point[]> } };
    const { tasks_submitted, tasks_completed, tasks_failed, queue_depth, active_agents } = data.metrics;
    const busiest = hourly(tasks_submitted).sort((a, b) => b.value - a.value)[0];
    return {
      until: tasks_submitted.at(-1)?.timestamp ?? null,
      submitted: total(tasks_submitted),
      completed: total(tasks_completed),
      failed: total(tasks_failed),
      longest_queue: Math.max(0, ...queue_depth.map(({ value }) => value)),
      agents: active_agents.at(-1)?.value ?? 0,
      busiest_hour: busiest && busiest.value > 0 ? { from: busiest.timestamp, tasks: busiest.value } : null,
    };
  };

const total = (points: readonly Point[]) => points.reduce((sum, { value }) => sum + value, 0);

function hourly(points: readonly Point[]): Point[] {
  const hours = new Map<string, number>();
  for (const { timestamp, value } of points) {
    const hour = `${timestamp.slice(0, 13)}:00:00Z`;
    hours.set(hour, (hours.get(hour) ?? 0) + value);
  }
  return [...hours].map(([timestamp, value]) => ({ timestamp, value }));
}

/** The figures as Markdown, with a warning where too much has failed. */
export const render: TaskHandler = ({ payload }) => {
  const title = textIn(payload, 'title');
  const given = objectIn(payload, 'figures');
  const count = (name: string) => numberIn(given, name, 0, Number.MAX_SAFE_INTEGER);
  const [submitted, completed, failed] = [count('submitted'), count('completed'), count('failed')];
  const ended = completed + failed;
  const failure_share = ended === 0 ? 0 : failed / ended;
  const warning = ended > 0 && failure_share >= numberIn(payload, 'failure_share_to_warn', 0, 1);
  const busiest = given['busiest_hour'] as JsonObject | null;
  const lines = [
    `# ${title}`,
    '',
    ...(warning ? [`**Attention: ${percent(failure_share)} of the tasks that ended have failed.**`, ''] : []),
    ...['| figure | last 24 hours |', '| --- | --- |'],
    `| tasks submitted | ${submitted} |`,
    `| tasks completed | ${completed} |`,
    `| tasks failed | ${failed} (${percent(failure_share)}) |`,
    `| longest queue | ${count('longest_queue')} |`,
    `| agents at work now | ${count('agents')} |`,
    `| busiest hour | ${busiest ? `${String(busiest['from'])}, ${String(busiest['tasks'])} tasks` : 'none'} |`,
  ];
  return { markdown: `${lines.join('\n')}\n`, warning, failure_share };
};

const percent = (share: number) => `${(100 * share).toFixed(1)} %`;
