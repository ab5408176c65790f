import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Worker } from '@agent-orchestration/sdk';
import { eventually, testStack, type TestStack } from '@ao/testing';
import { runAgents } from '../examples/template-agents/run-agents';
import { IdentityClient, type Answer, type Person } from './identity-api.fixture';

const MARKETPLACE = '/api/v1/marketplace';
const UNKNOWN = '01890a5d-ac96-774b-bcce-b302099a8057';
const UUID = expect.stringMatching(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/) as unknown;
const TIME = expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$/) as unknown;
const PATIENT = { timeoutMs: 60_000 };

interface Installation {
  readonly id: string;
  readonly status: string;
  readonly agents: readonly { readonly key: string; readonly agent_id: string }[];
  readonly workflows: readonly { readonly key: string; readonly workflow_id: string }[];
  readonly triggers: readonly { readonly key: string; readonly trigger_id: string }[];
}

/** What a deploy template looks after: it says which version runs, and takes another one. */
class Service {
  version = '1.0.0';
  readonly deployed: string[] = [];
  /** A deployment that is taken, and does not come to run. */
  broken = '';
  private readonly server: Server = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk: Buffer) => (body += chunk.toString()));
    request.on('end', () => {
      if (request.method === 'POST') {
        const { version } = JSON.parse(body) as { version: string };
        this.deployed.push(version);
        if (version !== this.broken) this.version = version;
      }
      response.setHeader('content-type', 'application/json').end(JSON.stringify({ version: this.version }));
    });
  });

  async start(): Promise<string> {
    await new Promise<void>((resolve) => this.server.listen(0, '127.0.0.1', resolve));
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }
}

/** Rows 187 to 189, against everything real, with the agents of examples/template-agents. */
describe('the marketplace', () => {
  const service = new Service();
  const workers: Worker[] = [];
  let stack: TestStack;
  let api: IdentityClient;
  let url: string;
  let [operator, approver, viewer] = [] as unknown as [Person, Person, Person];

  beforeAll(async () => {
    [stack, url] = await Promise.all([testStack(), service.start()]);
    api = new IdentityClient(stack);
    const settings = { 'rate_limits.requests_per_minute': 100_000, 'rate_limits.requests_per_hour': 1_000_000 };
    await eventually(async () => {
      expect((await api.operator('PUT', '/api/v1/settings/bulk', { settings })).status).toBe(200);
    });
    [operator, approver, viewer] = [
      await api.person('operator'),
      await api.person('approver'),
      await api.person('viewer'),
    ];
  }, 240_000);
  afterAll(async () => {
    await Promise.all(workers.map((worker) => worker.stop({ graceMs: 0 })));
    await Promise.all([stack?.stop(), service.stop()]);
  }, 60_000);

  const codeOf = ({ status, body }: Answer) => [status, body['code']];
  const pointersOf = ({ body }: Answer) => (body['errors'] as { pointer: string }[]).map(({ pointer }) => pointer);
  const listOf = <T = Record<string, unknown>>(answer: Answer) => JSON.parse(answer.text) as T[];
  const template = (id: string, rest = '') => `${MARKETPLACE}/templates/${id}${rest}`;
  const installation = (id: string, rest = '') => `${MARKETPLACE}/installations/${id}${rest}`;

  async function install(id: string, body: object = {}): Promise<Installation> {
    const answer = await operator.call('POST', template(id, '/install'), body);
    expect([answer.status, answer.text]).toEqual([201, answer.text]);
    const made = answer.body as unknown as Installation;
    expect([made.status, answer.headers.get('location')]).toEqual(['installed', installation(made.id)]);
    return made;
  }
  async function work({ id }: Installation): Promise<readonly Worker[]> {
    const own = await runAgents(id, { baseUrl: stack.url, apiKey: stack.apiKey });
    workers.push(...own);
    return own;
  }
  const execute = async ({ workflows }: Installation, parameters: object): Promise<string> => {
    const route = `/api/v1/workflows/${workflows[0]!.workflow_id}/execute`;
    const answer = await operator.call('POST', route, { parameters });
    expect([answer.status < 300, answer.text]).toEqual([true, answer.text]);
    return (answer.body['run_id'] ?? answer.body['id']) as string;
  };
  const ended = (run: string) =>
    eventually(async () => {
      const answer = await operator.call('GET', `/api/v1/workflows/runs/${run}`);
      expect([answer.text, answer.body['status']]).toEqual([
        answer.text,
        expect.stringMatching(/^(completed|failed|cancelled)$/),
      ]);
      return answer.body as { status: string; output: unknown };
    }, PATIENT);
  const decide = (run: string, vote: 'approve' | 'reject') =>
    eventually(async () => {
      const [asked] = listOf<{ id: string }>(await approver.call('GET', `/api/v1/approvals?run_id=${run}`));
      expect(asked).toBeDefined();
      expect((await approver.call('POST', `/api/v1/approvals/${asked!.id}/${vote}`, {})).status).toBe(200);
      return asked!;
    }, PATIENT);
  const everything = async ({ agents, workflows, triggers }: Installation) =>
    Promise.all(
      [
        ...agents.map(({ agent_id }) => `/api/v1/agents/${agent_id}`),
        ...workflows.map(({ workflow_id }) => `/api/v1/workflows/${workflow_id}`),
        ...triggers.map(({ trigger_id }) => `/api/v1/triggers/${trigger_id}`),
      ].map(async (route) => (await operator.call('GET', route)).status),
    );
  async function uninstall(made: Installation, own: readonly Worker[]): Promise<void> {
    await Promise.all(own.map((worker) => worker.stop()));
    expect(new Set(await everything(made))).toEqual(new Set([200]));
    const answer = await operator.call('DELETE', installation(made.id));
    expect([answer.status, answer.body]).toEqual([
      ...[200, { id: made.id, status: 'uninstalled', left: [], uninstalled_at: TIME }],
    ]);
    expect(new Set(await everything(made))).toEqual(new Set([404]));
    expect((await viewer.call('GET', installation(made.id))).body).toMatchObject({
      ...{ status: 'uninstalled', agents: [], workflows: [], triggers: [], failure: null },
    });
  }

  it('should list what there is, by category and by words, and show what it would make', async () => {
    const names = (answer: Answer) => listOf<{ id: string }>(answer).map(({ id }) => id);
    const all = await viewer.call('GET', `${MARKETPLACE}/templates`);
    expect(names(all)).toEqual([
      ...['deploy-with-approval', 'document-pipeline', 'incident-triage', 'nightly-report', 'research-team'],
    ]);
    expect(names(await viewer.call('GET', `${MARKETPLACE}/templates?category=operations`))).toEqual([
      'incident-triage',
    ]);
    expect(names(await viewer.call('GET', `${MARKETPLACE}/templates?search=Cron`))).toEqual(['nightly-report']);
    expect(names(await viewer.call('GET', `${MARKETPLACE}/templates?search=cron&category=operations`))).toEqual([]);
    const { body } = await viewer.call('GET', template('document-pipeline'));
    expect(body).toMatchObject({
      id: 'document-pipeline',
      version: 1,
      versions: [1],
      category: 'documents',
      triggers: [],
    });
    expect((body['workflows'] as { picture: string }[])[0]!.picture.split('\n')).toEqual([
      'split      task documents.split',
      'summarise  map of task documents.summarise  after split',
      'merge      task documents.merge  after summarise',
    ]);
    for (const [method, route, sent] of [
      ['GET', template('nothing-like-it')],
      ['GET', template('..%2f..%2fetc')],
      ['POST', template('nothing-like-it', '/install'), {}],
    ] as const)
      expect([route, ...codeOf(await operator.call(method, route, sent))]).toEqual([route, 404, 'template_not_found']);
    for (const answer of [
      await viewer.call('GET', template('nightly-report', '?version=7')),
      await operator.call('POST', template('nightly-report', '/install'), { version: 7 }),
    ])
      expect(codeOf(answer)).toEqual([404, 'template_version_not_found']);
    for (const method of ['GET', 'DELETE'] as const)
      expect(codeOf(await operator.call(method, installation(UNKNOWN)))).toEqual([404, 'installation_not_found']);
  });

  it('should run the document pipeline, and take it away', async () => {
    const name = 'Finance';
    const made = await install('document-pipeline', {
      name,
      parameters: { words_per_part: 20, sentences_per_part: 1 },
    });
    expect(made).toEqual({
      ...{ id: UUID, template_id: 'document-pipeline', template_name: 'Document pipeline', version: 1, name },
      ...{ status: 'installed', parameters: { words_per_part: 20, sentences_per_part: 1, parts_at_once: 8 } },
      agents: [
        { key: 'reader', agent_id: UUID },
        { key: 'summariser', agent_id: UUID },
      ],
      workflows: [{ key: 'pipeline', workflow_id: UUID }],
      ...{ triggers: [], failure: null, installed_by: `user:${operator.id}`, created_at: TIME, updated_at: TIME },
    });
    const own = await work(made);
    const sentence = (word: string) => `The ${word} pays for the ${word} and nobody pays twice.`;
    const text = ['invoice', 'invoice', 'contract', 'ledger', 'invoice'].map(sentence).join(' ');
    const run = await ended(
      await execute(made, {
        documents: [
          { title: 'Rules', text },
          { title: 'Note', text: 'Hello.' },
        ],
      }),
    );
    expect(run).toMatchObject({
      status: 'completed',
      output: {
        words: 51,
        documents: [
          { title: 'Rules', words: 50, parts: 3, keywords: expect.arrayContaining(['invoice', 'pays']) as unknown },
          { title: 'Note', words: 1, parts: 1, summary: 'Hello.' },
        ],
      },
    });
    await uninstall(made, own);
  }, 120_000);

  it('should deploy what is approved, not what is rejected, and take back what does not run', async () => {
    const parameters = {
      service: 'billing',
      health_url: `${url}/health`,
      deploy_url: `${url}/deploy`,
      approver_roles: ['approver'],
    };
    const made = await install('deploy-with-approval', { parameters });
    const own = await work(made);
    const first = await execute(made, { version: '2.0.0', reason: 'Taxes of next year' });
    await decide(first, 'approve');
    expect(await ended(first)).toMatchObject({
      status: 'completed',
      output: { service: 'billing', before: '1.0.0', now: '2.0.0' },
    });
    const second = await execute(made, { version: '3.0.0' });
    // Runs that wait are work: they are not left without their workflow.
    const refused = await operator.call('DELETE', installation(made.id));
    expect(codeOf(refused)).toEqual([409, 'installation_in_use']);
    expect(refused.body['detail']).toContain(second);
    await decide(second, 'reject');
    expect(await ended(second)).toMatchObject({ status: 'failed' });
    expect(service.deployed).toEqual(['2.0.0']);
    service.broken = '4.0.0';
    const third = await execute(made, { version: '4.0.0' });
    await decide(third, 'approve');
    expect(await ended(third)).toMatchObject({ status: 'failed' });
    expect(service.deployed).toEqual(['2.0.0', '4.0.0', '2.0.0']);
    await uninstall(made, own);
  }, 120_000);

  it('should write the report of the night, by its trigger too', async () => {
    const made = await install('nightly-report', {
      parameters: { title: 'Fleet', cron: '30 2 * * 1-5', time_zone: 'Europe/Berlin' },
    });
    const { trigger_id } = made.triggers[0]!;
    const at = `/api/v1/triggers/${trigger_id}`;
    expect((await viewer.call('GET', at)).body).toMatchObject({
      ...{ enabled: true, type: 'cron', name: 'Fleet: every night' },
      config: { expression: '30 2 * * 1-5', time_zone: 'Europe/Berlin', catch_up: 'once' },
      action: { type: 'execute_workflow', workflow_id: made.workflows[0]!.workflow_id },
    });
    const own = await work(made);
    const fired = await operator.call('POST', `${at}/test`, {});
    expect([fired.status, fired.text]).toEqual([200, fired.text]);
    const { run_id } = fired.body['outcome'] as { run_id: string };
    const { status, output } = await ended(run_id);
    expect(status).toBe('completed');
    const { markdown } = output as { markdown: string };
    expect(markdown).toMatch(/^# Fleet\n/);
    // The figures are those of now: this very task has been submitted.
    expect(Number(/tasks submitted \| (\d+)/.exec(markdown)![1])).toBeGreaterThan(0);
    await uninstall(made, own);
  }, 120_000);

  it('should triage incidents: what is grave is taken over first', async () => {
    const made = await install('incident-triage');
    const own = await work(made);
    const small = await ended(await execute(made, { title: 'A typo in the footer', report: 'It says teh.' }));
    expect(small).toMatchObject({ status: 'completed', output: { severity: 'low', taken_over: false } });
    const report = `All customers see an outage of the shop. ${'Nothing else is known. '.repeat(300)}`;
    const grave = await execute(made, { title: 'Outage in production', report, service: 'shop' });
    await decide(grave, 'approve');
    const { status, output } = await ended(grave);
    expect([status, output]).toMatchObject(['completed', { severity: 'critical', taken_over: true }]);
    expect((output as { note: string }).note).toContain('outage (+80)');
    await uninstall(made, own);
  }, 120_000);

  it('should research in a team, each topic with where it comes from', async () => {
    const made = await install('research-team', { parameters: { findings_per_topic: 1 } });
    const own = await work(made);
    const sources = [
      { name: 'almanac', text: 'Herons nest in tall trees. They eat frogs.' },
      { name: 'letters', text: 'In winter the lake is frozen. Herons fly south in winter.' },
    ];
    const run = await ended(
      await execute(made, { question: 'Where do herons nest? What happens in winter? Who sings?', sources }),
    );
    expect(run).toMatchObject({ status: 'completed', output: { open: ['Who sings'] } });
    const { markdown } = run.output as { markdown: string };
    expect(markdown).toContain('- Herons nest in tall trees. (almanac)');
    expect(markdown).toMatch(/winter\.? \(letters\)|winter.*\(letters\)/);
    await uninstall(made, own);
  }, 120_000);

  it('rejects parameters by their place, and makes nothing', async () => {
    const wrong = [
      ['document-pipeline', { words_per_part: 1 }, '/parameters/words_per_part'],
      ['document-pipeline', { other: 1 }, '/parameters/other'],
      ['deploy-with-approval', {}, '/parameters/service'],
      ['nightly-report', { cron: 'often' }, '/parameters'],
      ['nightly-report', { title: '${{ run.id }}' }, '/parameters/title'],
    ] as const;
    const before = (await viewer.call('GET', `${MARKETPLACE}/installations`)).headers.get('x-total-count');
    for (const [id, parameters, pointer] of wrong) {
      const answer = await operator.call('POST', template(id, '/install'), { parameters });
      expect([id, answer.status, pointersOf(answer)[0]]).toEqual([id, 422, pointer]);
    }
    expect((await viewer.call('GET', `${MARKETPLACE}/installations`)).headers.get('x-total-count')).toBe(before);
  });

  it('should leave nothing behind where a part is refused', async () => {
    const count = async (route: string) => (await operator.call('GET', route)).headers.get('x-total-count');
    const routes = ['/api/v1/agents', '/api/v1/workflows'];
    const before = await Promise.all(routes.map(count));
    // The lead is made; there is no such worker for the others.
    const answer = await operator.call('POST', template('research-team', '/install'), {
      parameters: { worker_id: UNKNOWN },
    });
    expect(codeOf(answer)).toEqual([409, 'installation_failed']);
    expect(answer.body['detail']).toContain(UNKNOWN);
    await eventually(async () => {
      const [failed] = listOf(await viewer.call('GET', `${MARKETPLACE}/installations?status=failed`));
      expect(failed).toMatchObject({
        agents: [],
        workflows: [],
        failure: { reason: expect.stringContaining(UNKNOWN) as string },
      });
      expect(codeOf(await operator.call('DELETE', installation(failed!['id'] as string)))).toEqual([
        ...[409, 'installation_not_installed'],
      ]);
      expect(await Promise.all(routes.map(count))).toEqual(before);
    });
    const { rows } = await stack.database.pool().query<{ type: string }>(
      `select type from event_log.events where category = 'installation'
        and stream_id = (select stream_id from event_log.events where type = 'TemplateInstallationGivenUp') order by version`,
    );
    expect(rows.map(({ type }) => type)).toEqual([
      ...['TemplateInstallationStarted', 'InstallationPartMade', 'TemplateInstallationGivenUp'],
      ...['InstallationPartRemoved', 'TemplateInstallationFailed'],
    ]);
  });

  it('should not take away what somebody has changed, unless told to', async () => {
    const made = await install('document-pipeline');
    const { agent_id } = made.agents[0]!;
    expect((await operator.call('PATCH', `/api/v1/agents/${agent_id}`, { description: 'Ours' })).status).toBe(200);
    const refused = await operator.call('DELETE', installation(made.id));
    expect(codeOf(refused)).toEqual([409, 'installation_changed']);
    expect(refused.body['detail']).toContain(agent_id);
    expect(new Set(await everything(made))).toEqual(new Set([200]));
    expect((await operator.call('DELETE', installation(made.id, '?force=true'))).body).toMatchObject({
      status: 'uninstalled',
    });
    expect(new Set(await everything(made))).toEqual(new Set([404]));
  });

  it('should be for those who may make all of it, and be done once under one key', async () => {
    const made = await operator.call('POST', '/api/v1/security/api-keys', {
      ...{ name: 'workflows alone', scopes: ['workflows:manage', 'workflows:read'] },
    });
    const token = made.body['key'] as string;
    const body = { name: 'Once' };
    const refused = await api.call('POST', template('document-pipeline', '/install'), { token, body });
    expect([codeOf(refused), refused.body['permission']]).toEqual([[403, 'forbidden'], 'agents:register']);
    expect((await viewer.call('POST', template('document-pipeline', '/install'), body)).status).toBe(403);
    const headers = { 'idempotency-key': 'install-once' };
    const sent = { token: operator.token, body, headers };
    const [first, again] = [
      await api.call('POST', template('document-pipeline', '/install'), sent),
      await api.call('POST', template('document-pipeline', '/install'), sent),
    ];
    expect([first.status, again.status, again.body['id']]).toEqual([201, 201, first.body['id']]);
    const other = await api.call('POST', template('document-pipeline', '/install'), {
      ...sent,
      body: { name: 'Twice' },
    });
    expect(codeOf(other)).toEqual([422, 'idempotency_key_reused']);
    expect((await operator.call('DELETE', installation(first.body['id'] as string))).status).toBe(200);
  });

  it('should go on by itself when a service, or its own, was gone meanwhile', async () => {
    await stack.service('registry').kill();
    const answer = await operator.call('POST', template('nightly-report', '/install'), { name: 'Later' });
    expect([answer.status, answer.body['status'], answer.body['agents']]).toEqual([201, 'installing', []]);
    const id = answer.body['id'] as string;
    expect(codeOf(await operator.call('DELETE', installation(id)))).toEqual([409, 'installation_not_installed']);
    await stack.restart('workflows');
    await stack.restart('registry');
    const made = await eventually(async () => {
      const { body } = await operator.call('GET', installation(id));
      expect(body['status']).toBe('installed');
      return body as unknown as Installation;
    }, PATIENT);
    expect([made.agents.length, made.workflows.length, made.triggers.length]).toEqual([1, 1, 1]);
    await uninstall(made, []);
  }, 180_000);
});
