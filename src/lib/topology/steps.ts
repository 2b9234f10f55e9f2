import type { Resource } from './change.ts';
import { createLimit } from './limit.ts';

/** Thrown by a step that was not begun, because of an interrupt or because another one failed. */
export class NotBegun extends Error {
  constructor() {
    super('not begun');
    this.name = 'NotBegun';
  }
}

/** Runs the steps of one piece of work, several at once; who depends on whom is up to the caller's awaits. */
export interface Steps {
  /**
   * Runs a step when a place is free. What runs is always finished; after an interrupt or a failure nothing begins.
   * @throws NotBegun, or what the step throws.
   */
  run<T>(resource: Resource | undefined, step: () => Promise<T>): Promise<T>;
  /** Tells of a resource that came about in the step of another one. */
  settled(resource: Resource | undefined): void;
  /** Waits for all, so that nothing goes on unseen; then throws the first failure that is a real one. */
  all(tasks: readonly Promise<unknown>[]): Promise<void>;
  /** What was done, in the order in which it was. */
  readonly done: readonly Resource[];
}

/** @param onDone told of each resource as its step ends well. */
export function createSteps(
  stop: AbortSignal | undefined,
  onDone: (resource: Resource) => void,
): Steps {
  const limit = createLimit();
  const done: Resource[] = [];
  let failed = false;
  const settled = (resource: Resource | undefined): void => {
    if (!resource) return;
    done.push(resource);
    onDone(resource);
  };
  return {
    done,
    settled,
    run: (resource, step) =>
      limit(async () => {
        if (failed || stop?.aborted) throw new NotBegun();
        try {
          const result = await step();
          settled(resource);
          return result;
        } catch (error) {
          failed = true;
          throw error;
        }
      }),
    async all(tasks) {
      const settled = await Promise.allSettled(tasks);
      const reasons = settled.flatMap((each) =>
        each.status === 'rejected' ? [each.reason as unknown] : [],
      );
      const real = reasons.find((reason) => !(reason instanceof NotBegun));
      if (real !== undefined) throw real;
      if (reasons.length > 0) throw reasons[0];
    },
  };
}
