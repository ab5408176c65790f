import { TaskFailedError, type TaskHandler } from '@agent-orchestration/sdk';
import { optionalTextIn, textIn } from './task-input';

const TIMEOUT_MS = 10_000;
const MOST_CHARACTERS = 64 * 1_024;

/** Looks at a service's health; with a version given, it is also to be the one that runs. */
export const check: TaskHandler = async ({ payload, signal }) => {
  const url = textIn(payload, 'url');
  const wanted = optionalTextIn(payload, 'version');
  const started = performance.now();
  const { status, text } = await call(url, { method: 'GET' }, signal);
  const milliseconds = Math.round(performance.now() - started);
  if (status !== 200) throw new TaskFailedError(`${url} answers ${status}`, { class: 'Unhealthy', retryable: true });
  const version = versionIn(text);
  if (wanted !== '' && version !== wanted)
    throw new TaskFailedError(`${url} runs '${version}' and not '${wanted}'`, {
      class: 'OtherVersion',
      retryable: true,
    });
  return { status, version, milliseconds };
};

/** Calls a service's deploy hook. The task's id goes with it, so that a hook can tell a repetition. */
export const release: TaskHandler = async ({ payload, signal, taskId }) => {
  const [url, service, version] = ['url', 'service', 'version'].map((field) => textIn(payload, field)) as [
    string,
    string,
    string,
  ];
  const headers = { 'content-type': 'application/json', 'idempotency-key': taskId };
  const { status, text } = await call(
    url,
    { method: 'POST', headers, body: JSON.stringify({ service, version }) },
    signal,
  );
  if (status < 200 || status > 299)
    throw new TaskFailedError(`${url} answers ${status}: ${text.slice(0, 200)}`, {
      class: 'DeployRefused',
      retryable: status >= 500,
    });
  return { service, version, status };
};

async function call(url: string, request: RequestInit, signal: AbortSignal): Promise<{ status: number; text: string }> {
  try {
    const response = await fetch(url, {
      ...request,
      signal: AbortSignal.any([signal, AbortSignal.timeout(TIMEOUT_MS)]),
    });
    return { status: response.status, text: (await response.text()).slice(0, MOST_CHARACTERS) };
  } catch (cause) {
    signal.throwIfAborted();
    throw new TaskFailedError(`${url} cannot be reached`, { class: 'Unreachable', retryable: true, cause });
  }
}

/** `unknown`: the service does not say. */
function versionIn(text: string): string {
  try {
    const { version } = JSON.parse(text) as { version?: unknown };
    return typeof version === 'string' && version !== '' ? version : 'unknown';
  } catch {
    return 'unknown';
  }
}
