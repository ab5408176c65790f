import { TemplateWorkflow } from '@ao/contracts';
import { isRejection } from '@ao/kernel';
import { whyInvalid } from '../workflow/why-invalid';
import { compiledSchema } from '../workflow/parameters-schema';
import { withInstallation } from './installation.values';
import { TemplateCatalogue } from './template.catalogue';
import { partsOf, readyPart, valuesOf, type Plan } from './template.parts';
import { checkedParameters, whyNotPlan } from './templates';

const catalogue = TemplateCatalogue.read();
/** What a template cannot make up. */
const REQUIRED: Readonly<Record<string, object>> = {
  'deploy-with-approval': {
    service: 'billing',
    health_url: 'https://billing.example.org/health',
    deploy_url: 'https://billing.example.org/deploy',
  },
};
const ID = '01900000-0000-7000-8000-000000000001';

const planOf = (template: ReturnType<typeof catalogue.all>[number], given: object = {}): Plan => {
  const parameters = checkedParameters(template, { ...REQUIRED[template.id], ...given });
  if (isRejection(parameters)) throw new Error(parameters.message);
  const { id: template_id, version, agents, workflows, triggers } = template;
  return { template_id, version, agents, workflows, triggers, name: null, parameters, heartbeat_interval_seconds: 30 };
};
const allMade = (plan: Plan) => partsOf(plan).map(({ kind, key }) => ({ kind, key, id: ID }));

/** Every word of one is in the other: what a schema does not know it would leave out without a word. */
function leftOut(given: unknown, kept: unknown, at = ''): string[] {
  if (Array.isArray(given))
    return given.flatMap((each, index) => leftOut(each, (kept as unknown[])[index], `${at}/${index}`));
  if (typeof given !== 'object' || given === null) return [];
  return Object.entries(given).flatMap(([key, each]) =>
    typeof kept === 'object' && kept !== null && Object.hasOwn(kept, key)
      ? leftOut(each, (kept as Record<string, unknown>)[key], `${at}/${key}`)
      : [`${at}/${key}`],
  );
}

describe('the templates of this release', () => {
  it('should be at least the five that the documentation names, by category and by words', () => {
    expect(catalogue.list({}).map(({ id }) => id)).toEqual([
      ...['deploy-with-approval', 'document-pipeline', 'incident-triage', 'nightly-report', 'research-team'],
    ]);
    expect(catalogue.list({ category: 'research' }).map(({ id }) => id)).toEqual(['research-team']);
    expect(catalogue.list({ search: 'APPROVAL people' }).map(({ id }) => id)).toEqual(['deploy-with-approval']);
    expect(catalogue.list({ search: 'approval nothing-like-it' })).toEqual([]);
  });

  it.each(catalogue.all().map((template) => [`${template.id} v${template.version}`, template] as const))(
    '%s should be whole with its defaults, and say nothing that is not understood',
    (_, template) => {
      expect(compiledSchema(template.parameters)).toBeInstanceOf(Function);
      const plan = planOf(template);
      expect(whyNotPlan(plan, (definition) => whyInvalid(definition))).toBeUndefined();
      const values = valuesOf(plan.parameters, allMade(plan));
      for (const part of partsOf(plan)) {
        const ready = readyPart(part, plan, values);
        if (ready.kind !== 'workflow') continue;
        const { definition } = TemplateWorkflow.parse(withInstallation(part.raw, values));
        expect(leftOut(definition, ready.workflow.definition)).toEqual([]);
        expect(JSON.stringify(ready)).not.toMatch(/\$\{\{[^}]*\b(install|agents|workflows)\./);
      }
      const { properties = {}, required = [] } = template.parameters as {
        properties?: Record<string, object>;
        required?: string[];
      };
      // What need not be given has a default, so that every expression has its value.
      for (const [name, schema] of Object.entries(properties))
        expect([name, required.includes(name) || Object.hasOwn(schema, 'default')]).toEqual([name, true]);
    },
  );

  it('rejects parameters by their place, and expressions in them', () => {
    const [template] = catalogue.of('document-pipeline')!;
    for (const [given, pointer] of [
      [{ words_per_part: 1 }, '/parameters/words_per_part'],
      [{ words_per_part: '100' }, '/parameters/words_per_part'],
      [{ other: 1 }, '/parameters/other'],
    ] as const)
      expect([given, checkedParameters(template!, given)]).toMatchObject([
        given,
        { code: 'invalid_parameters', pointer },
      ]);
    const [report] = catalogue.of('nightly-report')!;
    expect(checkedParameters(report!, { title: 'a ${{ run.id }}' })).toMatchObject({ pointer: '/parameters/title' });
    expect(checkedParameters(report!, { title: 'x'.repeat(40_000) })).toMatchObject({ code: 'parameters_too_large' });
  });

  it('should find what only shows once the values are in their places', () => {
    const [report] = catalogue.of('nightly-report')!;
    const [deploy] = catalogue.of('deploy-with-approval')!;
    const why = (plan: Plan) => whyNotPlan(plan, (definition) => whyInvalid(definition));
    expect(why(planOf(report!, { cron: 'often' }))).toMatch(/trigger 'nightly'/);
    expect(why(planOf(report!, { time_zone: 'Mars/Here' }))).toMatch(/trigger 'nightly'/);
    expect(why(planOf(deploy!, { approver_roles: ['nobody'] }))).toMatch(/workflow 'deploy'/);
    const [team] = catalogue.of('research-team')!;
    const [lead, ...others] = team!.agents;
    expect(why({ ...planOf(team!), agents: [{ ...lead, name: '${{ install.nothing }}' }, ...others] })).toMatch(
      /agent 'lead'/,
    );
  });

  it('should put the name of an installation before the names of its parts', () => {
    const [template] = catalogue.of('nightly-report')!;
    const plan = { ...planOf(template!), name: 'Finance' };
    const named = partsOf(plan).map((part) => readyPart(part, plan, valuesOf(plan.parameters, allMade(plan))));
    expect(named).toMatchObject([
      { profile: { name: 'Finance: Reporter' } },
      { workflow: { name: 'Finance: Nightly report' } },
      { terms: { name: 'Finance: Nightly report: every night', action: { workflow_id: ID } } },
    ]);
  });
});

describe('values of an installation', () => {
  const values = { install: { n: 3, who: 'Ada', none: null, map: { a: 1 } }, agents: { a: { id: ID } }, workflows: {} };

  it('should stand where an expression speaks of nothing else, with their type, or as text', () => {
    const given = {
      whole: '${{ install.n }}',
      text: 'for ${{ install.who }}${{ install.none }} ${{ install.map }}',
      list: ['${{ agents.a.id }}', 7, null],
      worked: '${{ install.n * 2 }}',
    };
    expect(withInstallation(given, values)).toEqual({
      ...{ whole: 3, text: 'for Ada {"a":1}', list: [ID, 7, null], worked: 6 },
    });
  });

  it('should leave what is for the run to the letter', () => {
    const text = 'v ${{ parameters.version }} of ${{ steps.a.output }} ${{ 1 + 1 }} ${{ broken';
    for (const left of [
      text,
      '${{ steps.install.output }}',
      '${{ parameters.x == "install.n" }}',
      '${{ install.n + parameters.x }}',
    ])
      expect(withInstallation(left, values)).toBe(left);
    expect(withInstallation('${{ install.who }}: ${{ parameters.v }}', values)).toBe('Ada: ${{ parameters.v }}');
  });

  it('rejects what there is not', () => {
    expect(() => withInstallation('${{ install.nothing }}', values)).toThrow();
    expect(() => withInstallation('${{ agents.b.id }}', values)).toThrow();
  });
});
