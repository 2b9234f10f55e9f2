import { AsyncLocalStorage } from 'node:async_hooks';
import { takeCoverage } from 'node:v8';
import { afterAll, beforeAll, vi } from 'vitest';

// The files of a worker share its process: each leaves the environment as it was.
const before = { ...process.env };

// From the first `run` of an AsyncLocalStorage on, until it is disabled, Node.js before 24 follows each promise and timer of
// the process: a call by the SDK takes a tenth more CPU time, also in the files that come after.
const shared = globalThis as { pubsubTestsStorages?: Set<AsyncLocalStorage<unknown>> };
shared.pubsubTestsStorages ??= recordStorages();
const storages = shared.pubsubTestsStorages;

beforeAll(() => {
  vi.useRealTimers();
});

afterAll(() => {
  for (const name of Object.keys(process.env)) if (!(name in before)) delete process.env[name];
  Object.assign(process.env, before);
  for (const storage of storages) storage.disable();
  storages.clear();
});

// Vitest ends its workers by a signal, upon which Node.js writes nothing: see test/coverage.mjs.
if (process.env.NODE_V8_COVERAGE) afterAll(() => takeCoverage());

/** Those that have run something, from now on. */
function recordStorages(): Set<AsyncLocalStorage<unknown>> {
  const ran = new Set<AsyncLocalStorage<unknown>>();
  const { run } = AsyncLocalStorage.prototype;
  AsyncLocalStorage.prototype.run = function (
    this: AsyncLocalStorage<unknown>,
    ...given: Parameters<typeof run>
  ) {
    ran.add(this);
    return run.apply(this, given);
  } as typeof run;
  return ran;
}
