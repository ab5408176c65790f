/** Pure specs, integration specs (`*.int.spec.ts`) and end-to-end tests run under one runner. */
const swc = {
  swcrc: false,
  jsc: {
    target: 'es2022',
    parser: { syntax: 'typescript', decorators: true },
    transform: { legacyDecorator: true, decoratorMetadata: true },
    keepClassNames: true,
  },
  module: { type: 'commonjs' },
};

/** @type {import('jest').Config} */
module.exports = {
  rootDir: __dirname,
  /** Node's, and a file that leaves a database, a server or a service open fails. */
  testEnvironment: '<rootDir>/libs/testing/src/jest-environment.ts',
  /** One Postgres for the run, migrated once; `testDatabase()` copies its template. */
  globalSetup: '<rootDir>/libs/testing/src/global-setup.ts',
  globalTeardown: '<rootDir>/libs/testing/src/global-teardown.ts',
  testMatch: ['<rootDir>/{apps,libs,sdk,examples,demo,launcher,bench,test,deploy}/**/*.spec.ts'],
  modulePathIgnorePatterns: ['<rootDir>/dist/', '<rootDir>/.cache/', '<rootDir>/.data/'],
  transform: { '^.+\\.(t|mj|j)s$': ['@swc/jest', swc] },
  // ESM-only packages that jest must turn into CommonJS; Node itself can require them.
  transformIgnorePatterns: ['/node_modules/(?!(uuid|jose|@marcbachmann/cel-js)/)'],
  moduleNameMapper: {
    '^@ao/([^/]+)/testing$': '<rootDir>/libs/$1/src/testing.ts',
    '^@ao/([^/]+)$': '<rootDir>/libs/$1/src/index.ts',
    '^@agent-orchestration/sdk$': '<rootDir>/sdk/typescript/src/index.ts',
  },
  maxWorkers: 2,
  // What a file leaves behind is given back late: a worker that holds more makes room for a fresh one before the next file.
  workerIdleMemoryLimit: '1GB',
  testTimeout: 120_000,
};
