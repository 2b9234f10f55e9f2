/** The embedded engine for tests, in their own process: `import … from 'pubsub-cli/engine'`. */

export type {
  AdvanceBy,
  EngineOptions,
  SetUpResult,
  TestEngine,
  WaitOptions,
} from './embedded/options.ts';
export { startEngine } from './embedded/start.ts';
export { type TestHooks, useEngine } from './embedded/use-engine.ts';
export type { PublishedMessage, QueuedMessage } from './lib/engine/control/message-types.ts';
export { AppError } from './lib/rules/errors.ts';
export type { Faults } from './lib/rules/faults.ts';
export type { MessageEvent } from './lib/rules/message-trace.ts';
