import { takeCoverage } from 'node:v8';
import { afterAll, beforeAll, vi } from 'vitest';

// The files of a worker share its process: each leaves the environment as it was.
const before = { ...process.env };

beforeAll(() => {
  vi.useRealTimers();
});

afterAll(() => {
  for (const name of Object.keys(process.env)) if (!(name in before)) delete process.env[name];
  Object.assign(process.env, before);
});

// Vitest ends its workers by a signal, upon which Node.js writes nothing: see test/coverage.mjs.
if (process.env.NODE_V8_COVERAGE) afterAll(() => takeCoverage());
