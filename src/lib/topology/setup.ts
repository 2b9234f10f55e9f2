import { AppError } from '../rules/errors.ts';
import { type ApplyEvent, apply } from './apply.ts';
import type { Change } from './change.ts';
import { inspect, type Observed, type Place } from './inspect.ts';
import { assertNoneUntouchable } from './ownership.ts';
import { pause } from './pause.ts';
import { pending, plan } from './plan.ts';

/** What a setup would change, from what is there. */
export interface SetupPlan {
  readonly observed: Observed;
  readonly changes: readonly Change[];
}

/** How a setup ended. */
export interface SetupResult {
  /** As read at the end, or as far as it was known when it was interrupted. */
  readonly observed: Observed;
  readonly interrupted: boolean;
  /** Changes that were made. */
  readonly made: number;
}

/**
 * Seconds between readings until all changes show. AWS needs up to 60 s for queue attributes (`SetQueueAttributes`),
 * so an answer that still shows the old ones is not a failure yet.
 */
const REREAD_SECONDS = [0, 0.5, 1, 2, 4, 8, 15, 30] as const;

/** What `CreateQueue` answers where the queue exists with other attributes, by protocol. */
const NAME_TAKEN: readonly string[] = ['QueueNameExists', 'QueueAlreadyExists'];

/** Reads what is there and compares. Writes nothing. @throws AppError. */
export async function planSetup(place: Place): Promise<SetupPlan> {
  const observed = await inspect(place, { subscriptionAttributes: true });
  return { observed, changes: plan(place.topology, observed) };
}

/** Somebody else created the queue since the plan was made: then it is read and converged. */
function isNameTaken(error: unknown): boolean {
  return error instanceof AppError && NAME_TAKEN.includes(error.code);
}

/**
 * Makes a plan true and reads again whether it is. What another reading still shows as different is applied again:
 * somebody else may have changed it meanwhile, and every step can be repeated.
 *
 * @throws AppError when a step fails, or when changes don't show after a minute (`NotConverged`); `NotOurs` before any
 * change where a table or function of the topology's names is somebody else's.
 */
export async function setUp(
  place: Place,
  first: SetupPlan,
  options: { stop?: AbortSignal | undefined; onEvent?: (event: ApplyEvent) => void } = {},
): Promise<SetupResult> {
  assertNoneUntouchable(place.topology, first.changes);
  let current = first;
  let made = 0;
  for (const seconds of REREAD_SECONDS) {
    if (pending(current.changes).length === 0) {
      return { observed: current.observed, interrupted: false, made };
    }
    await pause(seconds * 1000, options.stop);
    try {
      const { done, interrupted } = await apply({ ...place, ...current }, options);
      made += current === first ? done.length : 0;
      if (interrupted) return { observed: current.observed, interrupted, made };
    } catch (error) {
      if (!isNameTaken(error)) throw error;
    }
    current = await planSetup(place);
  }
  const left = pending(current.changes);
  if (left.length === 0) return { observed: current.observed, interrupted: false, made };
  throw new AppError({
    code: 'NotConverged',
    message: `All changes were made, but ${left.map(({ type, name }) => `${type} "${name}"`).join(', ')} still read as before.`,
    hint: 'See what differs with: pubsub setup --dry-run',
  });
}
