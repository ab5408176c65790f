/**
 * The shape of the repository as rules (docs/handbook.md). Each comment says the legal way out: that is what a reader
 * of the failure needs.
 */
const PURE = '\\.(decider|state|rules|projection)\\.ts$';
// The alias as well: dependency-cruiser does not resolve a pattern with text after its star.
const TEST =
  '(\\.spec\\.ts$|\\.testing\\.ts$|/testing\\.ts$|^@ao/[^/]+/testing$|^libs/testing/|^test/|^(apps|libs|sdk)/[^/]+/test/)';

/** @type {import('dependency-cruiser').IConfiguration} */
module.exports = {
  forbidden: [
    {
      name: 'no-app-to-app',
      comment:
        'An app never imports another app: services know each other by messages. Put what both need into a lib, named by what it can do, or send a command or query whose contract stands in libs/contracts.',
      severity: 'error',
      from: { path: '^apps/([^/]+)/' },
      to: { path: '^apps/', pathNot: '^apps/$1/' },
    },
    {
      name: 'no-deep-lib-import',
      comment:
        'A lib has two doors, index.ts and testing.ts: import @ao/<lib> or @ao/<lib>/testing. If the thing is not exported there, export it, or ask whether it should be used from outside at all.',
      severity: 'error',
      from: { path: '^(?!libs/)' },
      to: { path: '^libs/[^/]+/src/', pathNot: '^libs/[^/]+/src/(index|testing)\\.ts$' },
    },
    {
      name: 'no-deep-lib-import',
      comment: 'As above, between libs: import @ao/<lib> or @ao/<lib>/testing.',
      severity: 'error',
      from: { path: '^libs/([^/]+)/' },
      to: { path: '^libs/[^/]+/src/', pathNot: '^libs/($1/|[^/]+/src/(index|testing)\\.ts$)' },
    },
    {
      name: 'decider-is-pure',
      comment:
        'Deciders, states, rules and projections are plain functions over data: of libs they import kernel and contracts, of packages zod, of their own app other pure files. Time, ids and the actor come in with the command; what needs more belongs into the handler or a reaction. Types may come from anywhere (import type).',
      severity: 'error',
      from: { path: PURE, pathNot: TEST },
      to: {
        dependencyTypesNot: ['type-only'],
        pathNot: [
          '^libs/(kernel|contracts|projections)/',
          '^node_modules/zod/',
          // Their own neighbourhood, except what touches the world.
          '^(apps|libs)/(?!.*\\.(handlers?|controller|module|service|store|queries|entity|writer|sweep|follower|main)\\.ts$).*\\.ts$',
        ],
      },
    },
    {
      name: 'decider-is-pure',
      comment: 'As above: of libs only kernel, contracts and the builder of projections.',
      severity: 'error',
      from: { path: PURE, pathNot: `${TEST}|^libs/` },
      to: { dependencyTypesNot: ['type-only'], path: '^libs/', pathNot: '^libs/(kernel|contracts|projections)/' },
    },
    {
      name: 'only-the-command-shell-appends',
      comment:
        'Events are appended by the command shell alone: it reads, decides, appends with the expected version and repeats on conflict. Run your command through CommandShell.run() with a decider.',
      severity: 'error',
      from: { pathNot: `^libs/event-log/src/(event-log|appender|append-statement|prepared-unit)\\.ts$|${TEST}` },
      to: { path: '^libs/event-log/src/(appender|append-statement|prepared-unit)\\.ts$' },
    },
    {
      name: 'no-circular',
      comment:
        'Two files that import each other are one file, or there is a third in them: move what both need there, or let the lower one take it as an argument. Cycles of types alone are fine.',
      severity: 'error',
      from: {},
      to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } },
    },
    {
      name: 'no-test-in-production',
      comment:
        'What runs in production must not load what is made for tests (specs, testing.ts, libs/testing): move the part that both need into the lib itself.',
      severity: 'error',
      from: { pathNot: TEST },
      to: { path: TEST },
    },
    {
      name: 'sdk-stands-alone',
      comment: 'The SDK is published by itself: it may import packages and its own files, nothing of this repository.',
      severity: 'error',
      from: { path: '^sdk/', pathNot: TEST },
      to: { path: '^(apps|libs|demo|bench|test)/' },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '(^|/)(dist|\\.cache|\\.data)/' },
    // With the imports that the compiler drops: an app that takes another's types knows it too.
    tsPreCompilationDeps: 'specify',
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['require', 'node', 'default'] },
    cache: { folder: '.cache/dependency-cruiser', strategy: 'content' },
  },
};
