import { TelemetryWriter } from './telemetry.writer';

const line = (message: string) => ({ timestamp: '2026-01-01T00:00:00.000Z', level: 'info' as const, message });

function scene() {
  const written: unknown[][] = [];
  const failures: unknown[] = [];
  const holders = new Map<string, string>([['task', 'agent']]);
  let broken = false;
  const writer = new TelemetryWriter({
    pool: {
      query: (async ({ values }: { values: unknown[] }) => {
        if (broken) throw new Error('gone');
        written.push(values);
      }) as never,
    },
    clock: { now: () => 0 },
    holds: (agent, task) => holders.get(task) === agent,
    onFailure: (error) => failures.push(error),
  });
  return { writer, written, failures, holders, breakDown: (value: boolean) => (broken = value) };
}

describe('the telemetry writer', () => {
  it('should write the newest progress and all lines, also of a task that has ended since', async () => {
    const { writer, written, holders } = scene();
    writer.take({ agent_id: 'agent', progress: [{ task_id: 'task', progress: 1 }], logs: [] });
    writer.take({
      agent_id: 'agent',
      progress: [{ task_id: 'task', progress: 100, message: 'done' }],
      logs: [{ task_id: 'task', entries: [line('one'), line('two')] }],
    });
    holders.clear();
    await writer.close();
    expect(written[0]?.slice(2, 4)).toEqual([[100], ['done']]);
    expect(written[1]?.[4]).toEqual(['one', 'two']);
  });

  it('should wait for the log to tell of a young lease, and drop what is still not the agent’s', async () => {
    const { writer, written, holders } = scene();
    const report = (agent_id: string, task_id: string) =>
      writer.take({ agent_id, progress: [{ task_id, progress: 5 }], logs: [] });
    report('agent', 'young');
    report('zombie', 'task');
    holders.set('young', 'agent');
    await writer.close();
    expect(written.map(([tasks, agents]) => [tasks, agents])).toEqual([[['young'], ['agent']]]);
  });

  it('should not let another agent’s report replace the holder’s', async () => {
    const { writer, written } = scene();
    writer.take({ agent_id: 'agent', progress: [{ task_id: 'task', progress: 5 }], logs: [] });
    writer.take({ agent_id: 'zombie', progress: [{ task_id: 'task', progress: 99 }], logs: [] });
    await writer.close();
    expect(written[0]?.[2]).toEqual([5]);
  });

  it('should keep what could not be written', async () => {
    const { writer, written, failures, breakDown } = scene();
    breakDown(true);
    writer.take({
      agent_id: 'agent',
      progress: [{ task_id: 'task', progress: 5 }],
      logs: [{ task_id: 'task', entries: [line('kept')] }],
    });
    await writer.flush();
    expect(failures).toHaveLength(1);
    breakDown(false);
    await writer.close();
    expect(written).toHaveLength(2);
  });
});
