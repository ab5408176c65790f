import { eventually } from '@ao/testing';
import { enrolmentStack, type Enrolled, type EnrolmentStack } from './enrolment.fixture';
import { EventSourceClient } from './event-source.fixture';
import type { Answer, Person } from './identity-api.fixture';

const UUID = expect.stringMatching(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/) as unknown;
const TIME = expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$/) as unknown;
const APPROVALS = '/api/v1/approvals';
const REVIEWS = '/api/v1/code-reviews';
const UNKNOWN = '01890a5d-ac96-774b-bcce-b302099a8057';
const asked = { version: '4.2.0', target: 'production' };

/** What people decide, over HTTP, against everything real. */
describe('what people decide', () => {
  let enrolment: EnrolmentStack;
  let agent: Enrolled;
  let stranger: Enrolled;
  let [operator, approver, other, viewer] = [] as unknown as [Person, Person, Person, Person];

  beforeAll(async () => {
    enrolment = await enrolmentStack();
    const { http } = enrolment;
    // The limits have a spec of their own.
    const settings = { 'rate_limits.requests_per_minute': 100_000, 'rate_limits.requests_per_hour': 1_000_000 };
    await eventually(async () => {
      expect((await http.operator('PUT', '/api/v1/settings/bulk', { settings })).status).toBe(200);
    });
    [operator, approver, other, viewer] = [
      await http.person('operator'),
      await http.person('approver'),
      await http.person('approver'),
      await http.person('viewer'),
    ];
    [agent, stranger] = [await enrolment.enrolled('builder'), await enrolment.enrolled('stranger')];
  }, 60_000);
  afterAll(() => enrolment?.stop());

  const codeOf = ({ status, body }: Answer) => [status, body['code']];
  const listOf = (answer: Answer) => JSON.parse(answer.text) as Record<string, unknown>[];
  const as = (who: Enrolled, method: string, route: string, body?: unknown) => enrolment.as(who, method, route, body);
  const by = ({ id }: Person) => `user:${id}`;
  const request = async (body: object = {}, who: Pick<Person, 'call'> = operator) => {
    const answer = await who.call('POST', APPROVALS, { title: 'Deploy 4.2.0', arguments: asked, ...body });
    expect([answer.status, answer.text]).toEqual([201, answer.text]);
    return answer.body as { id: string; arguments_hash: string } & Record<string, unknown>;
  };
  const at = (id: string, rest = '') => `${APPROVALS}/${id}${rest}`;
  const keyOf = async (person: Person, scopes: readonly string[]) => {
    const made = await person.call('POST', '/api/v1/security/api-keys', { name: `key of ${person.id}`, scopes });
    expect([made.status, made.text]).toEqual([201, made.text]);
    const token = made.body['key'] as string;
    return (method: string, route: string, body?: unknown) => enrolment.http.call(method, route, { token, body });
  };

  describe('approvals', () => {
    it('should be asked for, shown exactly, found by those who may decide, and granted by two of them', async () => {
      const live = new EventSourceClient(`${enrolment.stack.url}/api/v1/events/stream?events=approval.*`, {
        authorization: `Bearer ${approver.token}`,
      });
      await eventually(() => expect(live.sent).toContainEqual(expect.objectContaining({ event: 'subscribed' })));
      const terms = { required: 2, roles: ['approver'], users: [operator.id], description: 'See the change log' };
      const made = await request({ ...terms, expires_seconds: 3_600 });
      expect(made).toEqual({
        ...{ id: UUID, title: 'Deploy 4.2.0', ...terms, arguments: asked, status: 'pending', approvals: 0, votes: [] },
        // SHA-256 of {"target":"production","version":"4.2.0"}, as any tool has it.
        arguments_hash: 'dc43c666ab7a52c48e19a8f81e6a8ed1799075e5dff3e58fa496d2fa2606f578',
        ...{ allow_self: false, may_decide: false, run: null, requested_by: by(operator), reason: null },
        ...{ requested_at: TIME, expires_at: TIME, decided_at: null },
      });
      const { id, arguments_hash } = made;
      await eventually(() =>
        expect(live.events.map(({ event, data }) => [event, (data['subject'] as { id: string }).id])).toContainEqual([
          ...['approval.requested', id],
        ]),
      );
      expect((await approver.call('GET', at(id))).body).toEqual({ ...made, may_decide: true });
      expect((await viewer.call('GET', at(id))).body).toEqual(made);
      const { arguments: _arguments, ...listed } = made;
      const mine = async (who: Person) =>
        listOf(await who.call('GET', `${APPROVALS}?mine=true`)).filter((one) => one['id'] === id);
      expect(await mine(approver)).toEqual([{ ...listed, may_decide: true }]);
      for (const who of [operator, viewer]) expect(await mine(who)).toEqual([]);

      const first = await approver.call('POST', at(id, '/approve'), { comment: 'Fine', arguments_hash });
      const vote = { by: by(approver), vote: 'approve', comment: 'Fine', at: TIME };
      expect([first.status, first.body]).toEqual([200, { ...made, approvals: 1, votes: [vote] }]);
      expect(await mine(approver)).toEqual([]);
      expect(codeOf(await approver.call('POST', at(id, '/approve'), {}))).toEqual([409, 'already_voted']);
      const second = await other.call('POST', at(id, '/approve'), {});
      expect(second.body).toMatchObject({ status: 'approved', approvals: 2, decided_at: TIME });
      expect(codeOf(await other.call('POST', at(id, '/reject'), {}))).toEqual([409, 'approval_not_pending']);
      await eventually(() => expect(live.events.map(({ event }) => event)).toContain('approval.approved'));
      live.cut();
      await live.ended;
    });

    it('should be listed as they stand, those that wait unless another status is asked for', async () => {
      const { id } = await request();
      const idsOf = async (query: string) =>
        listOf(await viewer.call('GET', APPROVALS + query)).map((one) => one['id']);
      expect(await idsOf('')).toContain(id);
      expect(await idsOf('?status=rejected')).not.toContain(id);
      expect(await idsOf(`?run_id=${UNKNOWN}&status=all`)).toEqual([]);
      const rejected = await approver.call('POST', at(id, '/reject'), { comment: 'Not on a Friday' });
      expect(rejected.body).toMatchObject({
        status: 'rejected',
        votes: [{ vote: 'reject', comment: 'Not on a Friday' }],
      });
      expect(await idsOf('')).not.toContain(id);
      for (const status of ['rejected', 'all']) expect(await idsOf(`?status=${status}`)).toContain(id);
      const page = await viewer.call('GET', `${APPROVALS}?status=all&limit=1`);
      expect([listOf(page).length, Number(page.headers.get('x-total-count')) > 1]).toEqual([1, true]);
    });

    it('rejects who asked, also by a key, and whoever may not decide', async () => {
      const { id } = await request();
      const key = await keyOf(operator, ['approvals:decide', 'approvals:read']);
      for (const call of [operator.call, key])
        for (const verb of ['/approve', '/reject'])
          expect(codeOf(await call('POST', at(id, verb), {}))).toEqual([403, 'own_approval']);
      expect(codeOf(await viewer.call('POST', at(id, '/approve'), {}))).toEqual([403, 'forbidden']);
      expect(codeOf(await as(agent, 'POST', at(id, '/approve'), {}))).toEqual([403, 'forbidden']);
      const named = await request({ users: [other.id] });
      expect(codeOf(await approver.call('POST', at(named.id, '/approve'), {}))).toEqual([403, 'not_an_approver']);
      const ofOther = await keyOf(other, ['approvals:decide']);
      expect((await ofOther('POST', at(named.id, '/approve'), {})).body).toMatchObject({
        ...{ status: 'approved', votes: [{ by: by(other) }] },
      });
      const own = await request({ allow_self: true });
      expect((await operator.call('POST', at(own.id, '/approve'), {})).body).toMatchObject({ status: 'approved' });
    });

    it('should be void once the arguments are others, and refuse a decision about others', async () => {
      const { id, arguments_hash } = await request();
      const other_hash = arguments_hash.replace(/^./, (digit) => (digit === '0' ? '1' : '0'));
      expect(codeOf(await approver.call('POST', at(id, '/approve'), { arguments_hash: other_hash }))).toEqual([
        ...[409, 'arguments_changed'],
      ]);
      const same = await operator.call('PUT', at(id), { arguments: { target: 'production', version: '4.2.0' } });
      expect(same.body).toMatchObject({ status: 'pending', ask_anew: false, sent_hash: arguments_hash });
      const changed = await operator.call('PUT', at(id), { arguments: { ...asked, version: '4.2.1' } });
      expect(changed.body).toMatchObject({
        ...{ status: 'voided', reason: 'arguments_changed', arguments: asked, ask_anew: true },
        detail: expect.stringMatching(/ask anew/) as unknown,
      });
      expect(codeOf(await approver.call('POST', at(id, '/approve'), {}))).toEqual([409, 'approval_not_pending']);
    });

    it('should be cancelled by who asked or an operator, and by nobody else', async () => {
      const [first, second] = [await request(), await request({ allow_self: true })];
      expect((await operator.call('POST', at(first.id, '/cancel'))).body).toMatchObject({
        ...{ status: 'voided', reason: 'cancelled' },
      });
      expect(codeOf(await as(agent, 'POST', at(second.id, '/cancel')))).toEqual([403, 'not_yours']);
      expect(codeOf(await viewer.call('POST', at(second.id, '/cancel')))).toEqual([403, 'forbidden']);
      expect((await enrolment.http.operator('POST', at(second.id, '/cancel'))).body).toMatchObject({
        status: 'voided',
      });
      for (const [method, rest] of [
        ['GET', ''],
        ['POST', '/cancel'],
        ['POST', '/approve'],
        ['POST', '/reject'],
      ] as const)
        expect(
          codeOf(await enrolment.http.operator(method, at(UNKNOWN, rest), method === 'POST' ? {} : undefined)),
        ).toEqual([...[404, 'approval_not_found']]);
    });

    it('should be asked for by agents, who see their own and no others', async () => {
      const made = await as(agent, 'POST', APPROVALS, { title: 'Drop the table', arguments: { table: 'old' } });
      expect([made.status, made.body['requested_by']]).toEqual([201, `agent:${agent.agentId}`]);
      const id = made.body['id'] as string;
      await request();
      expect((await as(agent, 'GET', at(id))).body).toEqual(made.body);
      expect(listOf(await as(agent, 'GET', `${APPROVALS}?status=all`)).map((one) => one['id'])).toEqual([id]);
      expect(codeOf(await as(stranger, 'GET', at(id)))).toEqual([404, 'approval_not_found']);
      expect(listOf(await as(stranger, 'GET', APPROVALS))).toEqual([]);
      expect((await approver.call('POST', at(id, '/approve'), {})).body).toMatchObject({ status: 'approved' });
      expect((await as(agent, 'GET', at(id))).body).toMatchObject({ status: 'approved' });
    });

    it('should count nobody twice, however often two people approve at the same moment', async () => {
      const { id } = await request({ required: 2 });
      const answers = await Promise.all(
        Array.from({ length: 100 }, (_, index) => [approver, other][index % 2]!.call('POST', at(id, '/approve'), {})),
      );
      expect(answers.filter(({ status }) => status === 200)).toHaveLength(2);
      expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200, 409]));
      expect((await viewer.call('GET', at(id))).body).toMatchObject({ status: 'approved', approvals: 2 });
    });

    it('should answer the same request under the same Idempotency-Key once', async () => {
      const headers = { 'idempotency-key': 'the-same-approval' };
      const ask = (title: string) =>
        enrolment.http.call('POST', APPROVALS, { token: operator.token, body: { title, arguments: [1] }, headers });
      const [first, second] = [await ask('Once'), await ask('Once')];
      expect([first.status, second.status, second.body]).toEqual([201, 201, first.body]);
      expect(codeOf(await ask('Another'))).toEqual([422, 'idempotency_key_reused']);
    });

    it('rejects an approval that nobody could ever grant, and approvers that there are not', async () => {
      const pointerOf = async (body: object) => {
        const answer = await operator.call('POST', APPROVALS, { title: 'x', ...body });
        return [answer.status, (answer.body['errors'] as { pointer: string }[])[0]?.pointer];
      };
      expect(await pointerOf({ users: [operator.id] })).toEqual([422, '/required']);
      expect(await pointerOf({ roles: ['viewer'] })).toEqual([422, '/roles/0']);
      expect(await pointerOf({ users: [approver.id, UNKNOWN] })).toEqual([422, '/users/1']);
    });
  });

  describe('code reviews', () => {
    const code = {
      ...{ title: 'Retry payments once', repository: 'payments', branch: 'retry-once', base: 'main', commit: 'c1' },
      ...{ diff: '-pay();\n+retry(pay);\n', files: [{ path: 'pay.ts', additions: 1, deletions: 1 }] },
    };
    const on = (id: string, rest = '') => `${REVIEWS}/${id}${rest}`;
    const ofAgent = async (body: object = {}) => {
      const answer = await as(agent, 'POST', REVIEWS, { ...code, ...body });
      expect([answer.status, answer.text]).toEqual([201, answer.text]);
      return answer.body as { id: string } & Record<string, unknown>;
    };

    it('should be asked for by an agent, talked about, rejected, revised and approved', async () => {
      const made = await ofAgent();
      const { id } = made;
      const [me, revision] = [`agent:${agent.agentId}`, 1];
      expect(made).toEqual({
        ...{ ...code, id: UUID, description: '', status: 'pending', revision, decision: null, comment_count: 0 },
        ...{ agent_id: agent.agentId, task_id: null, run_id: null, comments: [], requested_by: me },
        ...{ requested_at: TIME, updated_at: TIME },
      });
      expect((await approver.call('GET', on(id))).body).toEqual(made);

      const question = { body: 'What if it is paid twice?', file: 'pay.ts', line: 1, side: 'new' };
      const said = await approver.call('POST', on(id, '/comment'), question);
      const comment = { id: UUID, ...question, in_reply_to: null, revision, by: by(approver), at: TIME };
      expect([said.status, said.body['comments'], said.body['comment_count']]).toEqual([201, [comment], 1]);
      const [{ id: in_reply_to }] = said.body['comments'] as [{ id: string }];
      const reply = await as(agent, 'POST', on(id, '/comment'), { body: 'It has a key', in_reply_to });
      expect((reply.body['comments'] as object[])[1]).toMatchObject({ by: me, in_reply_to, file: null });

      const rejected = await approver.call('POST', on(id, '/reject'), { reason: 'Say so in the code' });
      const decision = { decision: 'rejected', revision, comment: 'Say so in the code', by: by(approver), at: TIME };
      expect([rejected.status, rejected.body]).toMatchObject([200, { status: 'rejected', decision }]);
      const next = { commit: 'c2', diff: '+// by key\n', files: [] };
      const revised = await as(agent, 'PUT', on(id), next);
      expect(revised.body).toMatchObject({ ...next, status: 'pending', revision: 2, decision: null, comment_count: 2 });
      expect(codeOf(await other.call('POST', on(id, '/approve'), { revision }))).toEqual([409, 'review_changed']);
      const approved = await other.call('POST', on(id, '/approve'), { revision: 2, comment: 'Good' });
      expect(approved.body).toMatchObject({ status: 'approved', decision: { decision: 'approved', by: by(other) } });
      expect(codeOf(await approver.call('POST', on(id, '/reject'), {}))).toEqual([409, 'review_not_pending']);
    });

    it('should be listed without code, by status and agent; agents see their own', async () => {
      const { id } = await ofAgent({ title: 'Listed' });
      const byPerson = await operator.call('POST', REVIEWS, { ...code, title: 'Of nobody’s agent' });
      const idsOf = async (answer: Promise<Answer>) => listOf(await answer).map((one) => one['id']);
      const listed = listOf(await viewer.call('GET', `${REVIEWS}?status=pending&agent_id=${agent.agentId}`));
      expect(listed.map((one) => one['id'])).toContain(id);
      expect(listed[0]).not.toHaveProperty('diff');
      expect(listed.map((one) => one['agent_id'])).toEqual(listed.map(() => agent.agentId));
      expect(await idsOf(viewer.call('GET', `${REVIEWS}?agent_id=${stranger.agentId}`))).toEqual([]);
      expect(await idsOf(viewer.call('GET', REVIEWS))).toEqual(expect.arrayContaining([id, byPerson.body['id']]));
      expect(await idsOf(as(agent, 'GET', REVIEWS))).not.toContain(byPerson.body['id']);
      expect(await idsOf(as(stranger, 'GET', REVIEWS))).toEqual([]);
      expect(codeOf(await as(stranger, 'GET', on(id)))).toEqual([404, 'code_review_not_found']);
    });

    it('rejects who decides about work of their own, and who has no business with it', async () => {
      const { id } = await ofAgent();
      expect(codeOf(await as(agent, 'POST', on(id, '/approve'), {}))).toEqual([403, 'forbidden']);
      expect(codeOf(await as(stranger, 'POST', on(id, '/comment'), { body: 'x' }))).toEqual([403, 'not_yours']);
      expect(codeOf(await as(stranger, 'PUT', on(id), { commit: '', diff: '', files: [] }))).toEqual([
        403,
        'not_yours',
      ]);
      expect(codeOf(await viewer.call('POST', on(id, '/comment'), { body: 'x' }))).toEqual([403, 'forbidden']);
      expect(codeOf(await as(stranger, 'POST', REVIEWS, { ...code, agent_id: agent.agentId }))).toEqual([
        403,
        'forbidden',
      ]);
      const own = await operator.call('POST', REVIEWS, { ...code, agent_id: agent.agentId });
      const ownId = own.body['id'] as string;
      expect(codeOf(await operator.call('POST', on(ownId, '/approve'), {}))).toEqual([403, 'own_review']);
      expect(codeOf(await operator.call('POST', on(UNKNOWN, '/approve'), {}))).toEqual([404, 'code_review_not_found']);
      const unknown = await operator.call('POST', REVIEWS, { ...code, agent_id: UNKNOWN });
      expect([unknown.status, unknown.body['errors']]).toMatchObject([404, [{ pointer: '/agent_id' }]]);
      for (const field of ['task_id', 'run_id']) {
        const of = await operator.call('POST', REVIEWS, { ...code, [field]: UNKNOWN });
        expect([of.status, of.body['errors']]).toMatchObject([404, [{ pointer: `/${field}` }]]);
      }
    });
  });
});
