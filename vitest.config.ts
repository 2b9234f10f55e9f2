import { defineConfig } from 'vitest/config';

export default defineConfig({
  define: { PUBSUB_VERSION: JSON.stringify('0.0.0-test') },
  test: {
    include: ['test/**/*.test.ts'],
    globalSetup: ['test/build.ts'],
    testTimeout: 30_000,
    hookTimeout: 30_000,
  },
});
