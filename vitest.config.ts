import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { defineConfig } from 'vitest/config';

const atRoot = (path: string): string => join(import.meta.dirname, path);
const literally = (text: string): string => text.replace(/[^\w/]/g, '\\$&');

// Guards against what hangs, not limits to keep: a busy machine, or another implementation behind
// PUBSUB_TEST_ENDPOINT, may take its time.
const PATIENCE = 60_000;
export const shared = {
  testTimeout: 4 * PATIENCE,
  hookTimeout: 2 * PATIENCE,
  expect: { poll: { timeout: PATIENCE, interval: 50 } },
  // A worker loads the SDK and the engine once, and runs one file after the other.
  isolate: false,
  setupFiles: ['test/setup.ts'],
  // Node.js loads the sources, not Vite: see test/loader/register.mjs.
  server: { deps: { external: [new RegExp(`^${literally(atRoot('src/'))}`)] } },
  execArgv: ['--liftoff-only', '--import', pathToFileURL(atRoot('test/loader/register.mjs')).href],
};

// They measure the memory of their own process.
const MEMORY_PROOFS = ['test/contract/consume/memory.test.ts'];

// Kills, signals, terminals, hostile runs, great numbers, long waits, whole systems of many processes, and what other
// programs say: `npm run test:proofs`.
export const PROOFS = [
  ...MEMORY_PROOFS,
  'test/contract/engine/engine-slow.test.ts',
  'test/contract/engine/cloudformation/aws-command.test.ts',
  'test/contract/engine/ecs/{services,load-balancer}.test.ts',
  'test/contract/engine/lambda/{clients,handlers}.test.ts',
  'test/contract/engine/prometheus.test.ts',
  'test/contract/deploy/registry.test.ts',
  'test/contract/orders/orders-{hostile,slow}.test.ts',
  'test/contract/platform/gateway/{hostile,resilience}.test.ts',
  'test/contract/platform/notifications/notifications.test.ts',
  'test/contract/platform/orders/{compensation,saga}.test.ts',
  'test/contract/platform/service/tidying.test.ts',
  'test/contract/platform/{grpc-python,smtp-witness}.test.ts',
  'test/cli/amqp/*.test.ts',
  'test/cli/consume/listen-programs.test.ts',
  'test/cli/demo/function-demo.test.ts',
  'test/cli/starter/init-{every,projects}.test.ts',
  'test/cli/{consume,dead-letters,deploy,engine,orders,platform,topology}/*-kill.test.ts',
  'test/cli/deploy/{deploy,deploy-aws,deploy-database,deploy-services}.test.ts',
  'test/cli/diagnose/status-watch.test.ts',
  'test/cli/engine/{aws-command,engine-background,local-run,testing-docs}.test.ts',
  'test/cli/functions/{functions,order-subscribers}.test.ts',
  'test/cli/library/{examples,library-docs}.test.ts',
  'test/cli/orders/{new-database,ruby}.test.ts',
  'test/cli/platform/*.test.ts',
  'test/cli/publish/publish-{large,resume}.test.ts',
  'test/cli/root/output-lost.test.ts',
  'test/cli/tracing/spans.test.ts',
  'test/unit/engine/sqs-in-flight-limit.test.ts',
  'test/unit/topology/{export,export-functions-read}.test.ts',
  'test/unit/deploy/template-lint.test.ts',
];

// Of these the suite runs a part: the look at some widths, and on one kind of database what the proofs run on the other.
const SHARED = [
  'test/cli/root/look.test.ts',
  'test/contract/orders/{orders-api,relay}.test.ts',
  'test/contract/platform/auth/sessions.test.ts',
  'test/contract/platform/{payments/payments,products/stock,users/users}.test.ts',
];

export default defineConfig({
  test: {
    // Most tests wait for processes and sockets: more workers than cores keep the cores busy.
    maxWorkers: 4,
    projects: [
      {
        extends: true,
        test: {
          ...shared,
          globalSetup: ['test/loader/setup.mjs'],
          name: 'unit',
          include: ['test/unit/**/*.test.ts'],
        },
      },
      {
        extends: true,
        test: {
          ...shared,
          name: 'contract',
          include: ['test/contract/**/*.test.ts'],
          exclude: PROOFS,
          globalSetup: ['test/loader/setup.mjs'],
        },
      },
      {
        extends: true,
        test: {
          ...shared,
          name: 'cli',
          include: ['test/cli/**/*.test.ts'],
          exclude: PROOFS,
          globalSetup: ['test/loader/setup.mjs', 'test/build.ts'],
        },
      },
      {
        extends: true,
        test: {
          ...shared,
          name: 'proofs',
          include: [...PROOFS, ...SHARED],
          exclude: MEMORY_PROOFS,
          env: { PUBSUB_PROOF_LOOK: 'all', PUBSUB_PROOF_DATABASE: 'pglite' },
          globalSetup: ['test/loader/setup.mjs', 'test/build.ts'],
        },
      },
      {
        extends: true,
        test: {
          ...shared,
          name: 'memory-proofs',
          isolate: true,
          include: MEMORY_PROOFS,
          globalSetup: ['test/loader/setup.mjs'],
        },
      },
      {
        extends: true,
        // What is shipped, from outside: packed, in an image, and called from other languages. `npm run test:package`.
        test: {
          ...shared,
          name: 'package',
          include: ['test/package/**/*.test.ts'],
          globalSetup: ['test/loader/setup.mjs', 'test/build.ts'],
        },
      },
      {
        extends: true,
        // The page in a real browser, before a real engine. `npm run test:web`.
        test: {
          ...shared,
          name: 'web',
          include: ['test/web/**/*.test.ts'],
          globalSetup: ['test/loader/setup.mjs', 'test/build.ts'],
        },
      },
    ],
  },
});
