import { createWatchdog, type Watchdog } from '../../processes/watchdog.ts';
import { type CodeStore, openCodeStore } from './code/store.ts';

/** What functions have of the process that they are run by; it outlives the state that a reset drops. */
export interface FunctionHost {
  readonly watchdog: Watchdog;
  readonly code: CodeStore;
  /** `http://127.0.0.1:<port>` of the engine; undefined before it listens. */
  readonly endpoint: string | undefined;
  /** Called at once where the engine listens, else when it does. */
  whenListening(run: () => void): void;
  /** The engine listens. */
  listening(endpoint: string): void;
  /** Something that has to be over before the engine has stopped. */
  track(work: Promise<void>): void;
  /** Waits for what was tracked, and ends the watchdog. */
  stop(): Promise<void>;
}

/** @param stateDir of the engine; undefined for one that keeps nothing. */
export function createFunctionHost(stateDir: string | undefined): FunctionHost {
  const code = openCodeStore(stateDir);
  const watchdog = createWatchdog();
  const work = new Set<Promise<void>>();
  let waiting: (() => void)[] = [];
  let endpoint: string | undefined;
  return {
    watchdog,
    code,
    get endpoint() {
      return endpoint;
    },
    whenListening(run) {
      if (endpoint === undefined) waiting.push(run);
      else run();
    },
    listening(at) {
      endpoint = at;
      for (const run of waiting) run();
      waiting = [];
    },
    track(promise) {
      work.add(promise);
      void promise.finally(() => work.delete(promise));
    },
    async stop() {
      await Promise.all(work);
      watchdog.stop();
      if (stateDir === undefined) code.clear();
    },
  };
}
