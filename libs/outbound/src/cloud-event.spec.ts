import type { PublicEvent } from '@ao/contracts';
import { cloudEvent, MAX_CLOUD_EVENT_BYTES } from './cloud-event';

const id = '01890a5d-ac96-774b-bcce-b302099a8057';
const event: PublicEvent = {
  name: 'task.completed',
  position: 4_711,
  time: '2026-01-02T03:04:05.678Z',
  subject: { kind: 'task', id },
  data: { event: 'TaskCompleted', status: 'completed', task_id: id, result: { rows: 3 } },
};
const source = '/agent-orchestration';
const parse = (text: string) => JSON.parse(text) as { id: string; data: Record<string, unknown> };

describe('cloudEvent', () => {
  it('should be CloudEvents 1.0', () => {
    expect(JSON.parse(cloudEvent(event, { source }))).toEqual({
      ...{ specversion: '1.0', id: '4711', source, type: 'task.completed', subject: `task/${id}` },
      ...{ time: event.time, datacontenttype: 'application/json', data: event.data },
    });
    expect(cloudEvent(event, { source })).toBe(cloudEvent(structuredClone(event), { source }));
  });

  it('should take an id for what has no position', () => {
    expect(parse(cloudEvent({ ...event, position: null, name: 'test' }, { source, id: 'd-1' })).id).toBe('d-1');
  });

  it('should leave out the largest fields until it fits, and keep what tells what it is about', () => {
    const data = { ...event.data, agent_id: id, ended_at: event.time, note: 'short', huge: 'ü'.repeat(30_000) };
    const text = cloudEvent({ ...event, data }, { source });
    expect(Buffer.byteLength(text)).toBeLessThanOrEqual(MAX_CLOUD_EVENT_BYTES);
    const { huge: _, ...rest } = data;
    expect(parse(text).data).toEqual({ ...rest, truncated: true });
  });

  it('should fit with thousands of fields and with ids that are none', () => {
    const many = Object.fromEntries(Array.from({ length: 2_000 }, (_, n) => [`f${n}_id`, 'x'.repeat(400)]));
    const text = cloudEvent({ ...event, data: { ...event.data, ...many, trap_id: 'y'.repeat(50_000) } }, { source });
    expect(Buffer.byteLength(text)).toBeLessThanOrEqual(MAX_CLOUD_EVENT_BYTES);
    expect(parse(text).data).toMatchObject({
      ...{ event: 'TaskCompleted', status: 'completed', truncated: true },
    });
    expect(text).not.toContain('yyyy');
  });

  it('should leave alone what just fits', () => {
    const empty = Buffer.byteLength(cloudEvent({ ...event, data: { x: '' } }, { source }));
    const fitting = { x: 'x'.repeat(MAX_CLOUD_EVENT_BYTES - empty) };
    expect(parse(cloudEvent({ ...event, data: fitting }, { source })).data).toEqual(fitting);
    expect(parse(cloudEvent({ ...event, data: { x: `${fitting.x}x` } }, { source })).data).toEqual({ truncated: true });
  });
});
