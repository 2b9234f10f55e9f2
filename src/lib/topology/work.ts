import type { Change, Resource } from './change.ts';
import type { Observed, Place } from './inspect.ts';
import type { Steps } from './steps.ts';

/** What each step works with. */
export interface Work extends Place {
  readonly observed: Observed;
  readonly steps: Steps;
  /** The change of a resource, where it has to be changed. */
  wanted(resource: Resource): Change | undefined;
  /** Creates a queue once its name is free. */
  create(queue: string, create: () => Promise<string>): Promise<string>;
}
