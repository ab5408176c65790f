import { signWebhook } from '@ao/outbound';
import { canary, canaryOf } from './canary';
import type { Cast } from './cast';
import type { Installation } from './installation';
import { signingSecret } from './tour-of-notifications';

/** A webhook trigger as it is asked for: nobody can do its task. */
export const hookTrigger = {
  ...{ name: 'from outside', type: 'webhook', config: {} },
  action: { type: 'create_task', task: { type: 'triggered', capabilities: ['nobody-has-this'] } },
};

/** Triggers with a secret that is given and with one that is made up, and requests from outside that are signed with them. */
export async function tourOfTriggers(
  installation: Installation,
  { asAdmin, askAsAdmin, hidden, spoken, unspoken }: Cast,
) {
  const triggers = '/api/v1/triggers';
  const name = 'the given secret of a trigger';
  const word = canary(name).text;
  const given = unspoken(canaryOf(name, signingSecret(word), [word, btoa(word)]));
  const { id } = await asAdmin('POST', triggers, { ...hookTrigger, secret: given.text });
  const maker = await asAdmin('POST', triggers, hookTrigger);
  const made = spoken(canaryOf('a secret of a trigger that was made up', maker.secret as string));
  expect(made.text).toMatch(/^whsec_/);

  const body = '{"order": 1}';
  const call = (trigger: unknown, secret: string) => {
    const headers = signWebhook({ id: 'msg_1', timestamp: Date.now() / 1_000, body }, [secret]);
    return installation.ask('POST', `${triggers}/${String(trigger)}/hook`, { body, headers });
  };
  expect((await call(id, given.text)).json).toMatchObject({ fired: true });
  expect((await call(maker.id, made.text)).json).toMatchObject({ fired: true });
  expect((await call(id, made.text)).status).toBe(401);

  for (const secret of [hidden(), [signingSecret(hidden())], `${signingSecret(hidden())}!`])
    expect((await askAsAdmin('POST', triggers, { ...hookTrigger, secret })).status).toBe(422);
  await asAdmin('PUT', `${triggers}/${String(id)}`, { description: 'another' });
  await asAdmin('GET', `${triggers}/${String(id)}/history`);
  await askAsAdmin('GET', triggers);
  await asAdmin('DELETE', `${triggers}/${String(id)}`);
}
