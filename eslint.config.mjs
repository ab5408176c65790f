import { defineConfig, globalIgnores } from 'eslint/config';
import tseslint from 'typescript-eslint';
import onlyTheCommandShellAppends from './scripts/eslint/only-the-command-shell-appends.mjs';
import noStringBuiltSql from './scripts/eslint/no-string-built-sql.mjs';

/**
 * Rules for what a reader would stumble over and the compiler does not see. Formatting is prettier's, the shape of the
 * repository dependency-cruiser's. Not type-aware: with types this takes twelve times as long and found one more thing.
 */

/** Pure files get time and ids as data: a replay must give the same answer every time. */
const PURE_FILES = ['**/*.decider.ts', '**/*.state.ts', '**/*.projection.ts'];

const clock = (what) =>
  `${what} makes this file impure, and a replay would not give the same answer. Take the time from the event or from command.metadata.time.`;
const chance = (what) =>
  `${what} makes this file impure. Take fresh ids from command.metadata.fresh_ids; derive what must repeat with derivedId() of @ao/kernel.`;

export default defineConfig(
  globalIgnores([
    'dist/',
    '.cache/',
    '.data/',
    '**/node_modules/',
    'coverage/',
    'demo-report/',
    'report/',
    'sdk/*/dist/',
    // Generated.
    'sdk/typescript/src/api-types.ts',
  ]),
  {
    linterOptions: { reportUnusedDisableDirectives: 'error' },
  },
  {
    files: ['**/*.ts'],
    extends: [tseslint.configs.strict, tseslint.configs.stylistic],
    plugins: {
      ao: {
        rules: {
          'no-string-built-sql': noStringBuiltSql,
          'only-the-command-shell-appends': onlyTheCommandShellAppends,
        },
      },
    },
    rules: {
      // The two doors of Nest are classes without members or with decorators alone.
      '@typescript-eslint/no-extraneous-class': 'off',
      // `!` says what the line before has made sure of; noUncheckedIndexedAccess asks for it often.
      '@typescript-eslint/no-non-null-assertion': 'off',
      '@typescript-eslint/consistent-type-definitions': 'off',
      '@typescript-eslint/consistent-type-imports': 'off',
      '@typescript-eslint/no-empty-function': 'off',
      '@typescript-eslint/no-unused-vars': [
        'error',
        { argsIgnorePattern: '^_', varsIgnorePattern: '^_', caughtErrorsIgnorePattern: '^_' },
      ],
      '@typescript-eslint/no-invalid-void-type': 'off',
      eqeqeq: ['error', 'always', { null: 'ignore' }],
      '@typescript-eslint/no-dynamic-delete': 'off',
      'ao/no-string-built-sql': 'error',
    },
  },
  {
    files: ['apps/**/*.ts', 'libs/**/*.ts', 'demo/**/*.ts'],
    ignores: ['libs/event-log/**', '**/*.spec.ts', '**/*.testing.ts'],
    rules: { 'ao/only-the-command-shell-appends': 'error' },
  },
  {
    files: PURE_FILES,
    rules: {
      'no-restricted-syntax': [
        'error',
        {
          selector: 'CallExpression[callee.object.name="Date"][callee.property.name="now"]',
          message: clock('Date.now()'),
        },
        { selector: 'NewExpression[callee.name="Date"][arguments.length=0]', message: clock('new Date()') },
        { selector: 'CallExpression[callee.object.name="performance"]', message: clock('performance.now()') },
        {
          selector: 'CallExpression[callee.object.name="Math"][callee.property.name="random"]',
          message: chance('Math.random()'),
        },
        { selector: 'CallExpression[callee.name="randomUUID"]', message: chance('randomUUID()') },
        { selector: 'CallExpression[callee.property.name="randomUUID"]', message: chance('randomUUID()') },
        { selector: 'CallExpression[callee.name="newId"]', message: chance('newId()') },
      ],
    },
  },
  {
    files: ['**/*.spec.ts'],
    rules: {
      // Tests make up their own values and tables; nothing a caller sends gets here.
      'ao/no-string-built-sql': 'off',
      // A test that is focused or skipped is a test that nobody runs.
      'no-restricted-properties': [
        'error',
        ...['describe', 'it', 'test'].flatMap((object) =>
          ['only', 'skip', 'todo'].map((property) => ({
            object,
            property,
            message:
              'A test that is focused, skipped or to come is a test that nobody runs: write it, mend it or delete it.',
          })),
        ),
      ],
    },
  },
);
