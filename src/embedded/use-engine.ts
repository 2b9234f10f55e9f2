import type { EngineOptions, TestEngine } from './options.ts';
import { startEngine } from './start.ts';

type Hook = (run: () => Promise<void>) => unknown;

/** The hooks of a test runner: those of vitest and Jest, or those of `node:test`. */
export type TestHooks = { readonly beforeEach: Hook } & (
  | { readonly beforeAll: Hook; readonly afterAll: Hook }
  | { readonly before: Hook; readonly after: Hook }
);

/**
 * One engine for a test file: it is started before its first test, reset before each, and stopped after the last.
 *
 * @param hooks `{ beforeAll, beforeEach, afterAll }` of vitest or Jest, `{ before, beforeEach, after }` of `node:test`
 * @returns a function that gives the engine, from the first test on
 */
export function useEngine(hooks: TestHooks, options: EngineOptions = {}): () => TestEngine {
  let engine: TestEngine | undefined;
  const before = 'beforeAll' in hooks ? hooks.beforeAll : hooks.before;
  const after = 'afterAll' in hooks ? hooks.afterAll : hooks.after;
  before(async () => {
    engine = await startEngine(options);
  });
  hooks.beforeEach(async () => {
    await engine?.reset();
  });
  after(async () => {
    await engine?.stop();
  });
  return () => {
    if (engine === undefined) throw new Error('The engine is there from the first test on.');
    return engine;
  };
}
