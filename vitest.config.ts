import { defineConfig } from 'vitest/config';

const shared = { testTimeout: 30_000, hookTimeout: 30_000 };

export default defineConfig({
  define: { PUBSUB_VERSION: JSON.stringify('0.0.0-test') },
  test: {
    // Most tests wait for processes and sockets: more workers than cores keep the cores busy.
    maxWorkers: 4,
    projects: [
      { extends: true, test: { ...shared, name: 'unit', include: ['test/unit/**/*.test.ts'] } },
      {
        extends: true,
        test: { ...shared, name: 'contract', include: ['test/contract/**/*.test.ts'] },
      },
      {
        extends: true,
        test: {
          ...shared,
          name: 'cli',
          include: ['test/cli/**/*.test.ts'],
          globalSetup: ['test/build.ts'],
        },
      },
    ],
  },
});
