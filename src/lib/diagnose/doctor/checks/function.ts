import { writeDuration } from '../../../definition/write-scalars.ts';
import { INITIAL_CONCURRENT_BATCHES } from '../../../rules/functions.ts';
import { functionNameOf, isOff } from '../../../topology/functions/find-mapping.ts';
import type { StrayMapping } from '../../../topology/functions/strays.ts';
import {
  aws,
  type Check,
  type Finding,
  type Fix,
  fail,
  ok,
  SETUP,
  subscriberCheck,
  warn,
} from '../check.ts';
import { unread } from '../fact.ts';
import type { HandlingFacts, SubscriberFacts } from '../facts.ts';

const NO_FUNCTION = unread('no function handles its messages');

const reads = ({ handling, queue }: SubscriberFacts) => ({
  handling: handling ?? NO_FUNCTION,
  queue,
});

/** Whether the function that handles a subscriber's messages is there, and has the time for them. */
export const functionThere = subscriberCheck({
  id: 'function',
  reads,
  run: ({ handling: { target, found }, queue }): Finding => {
    if (found === undefined) {
      return fail(`There is no function ${target.name}: what comes waits until it expires.`, SETUP);
    }
    if (found.trouble !== undefined) {
      return fail(`The function ${target.name} can't be invoked: ${found.trouble}`, SETUP);
    }
    const hidden = Number(queue.attributes.VisibilityTimeout ?? 0);
    const times = `${writeDuration(found.timeout)} timeout, ${writeDuration(hidden)} visibility timeout`;
    if (found.timeout > hidden) {
      return fail(
        `${times}: a message comes again while ${target.name} still works on it, and is handled twice.`,
        SETUP,
      );
    }
    if (found.timeout === hidden) {
      return warn(
        `${times}: a message comes again as soon as an invocation times out; AWS recommends six times the function's timeout.`,
      );
    }
    return ok(`${target.name} (${found.runtime}), ${times}`);
  },
});

/** Whether Lambda takes the messages from the queue for that function, and for no other one. */
export const mapping = subscriberCheck({
  id: 'mapping',
  reads,
  run: ({ handling: { target, found, mappings } }, { strays = [] }): Finding => {
    const own = mappings.find(({ functionArn }) => functionNameOf(functionArn) === target.name);
    const other = strays.find(({ enabled }) => enabled);
    if (own === undefined) {
      const instead = other === undefined ? '' : ` The function ${other.functionName} does.`;
      return fail(
        `No event source mapping lets ${target.name} take from the queue.${instead}`,
        SETUP,
      );
    }
    if (isOff(own)) {
      return fail(`The mapping is ${own.state.toLowerCase()}: ${target.name} gets nothing.`, SETUP);
    }
    if (own.lastResult.startsWith('PROBLEM')) {
      return fail(`Lambda says of the mapping: ${own.lastResult}`);
    }
    if (other !== undefined) {
      return fail(
        `The function ${other.functionName} takes from this queue too: what one gets, the other doesn't.`,
        removal(other),
      );
    }
    if (own.filters !== undefined) {
      return warn(`The mapping deletes what doesn't match ${own.filters}.`, SETUP);
    }
    return throttled(found, own) ?? ok(`${own.state.toLowerCase()}, ${own.batchSize} at a time`);
  },
});

/** What takes from the queue of a subscriber that no function handles, though the topology doesn't say so. */
export const strayMapping: Check<SubscriberFacts> = {
  id: 'mapping',
  run: ({ strays = [] }) => {
    const [first] = strays;
    if (first === undefined) return { skipped: 'no function takes from the queue' };
    const stray = strays.find(({ enabled }) => enabled) ?? first;
    const { functionName, enabled, stack } = stray;
    if (stack !== undefined) return ok(`The function ${functionName} of the stack ${stack} takes.`);
    return enabled
      ? fail(
          `The function ${functionName} takes from this queue, which the topology doesn't say: who else reads it misses what that gets.`,
          removal(stray),
        )
      : warn(
          `A disabled mapping lets the function ${functionName} take from this queue once it is on, which the topology doesn't say.`,
          removal(stray),
        );
  },
};

/** Setup removes what is ours. */
function removal({ isOurs, uuid }: StrayMapping): Fix {
  return isOurs ? SETUP : aws('lambda', 'delete-event-source-mapping', '--uuid', uuid);
}

/**
 * Reserved concurrency below what a mapping begins with: it receives what can't be invoked, and receive counts rise until
 * good messages are dead letters ("Configuring scaling behavior for SQS event source mappings").
 */
function throttled(
  found: HandlingFacts['found'],
  { maximumConcurrency }: HandlingFacts['mappings'][number],
): Finding | undefined {
  const reserved = found?.reservedConcurrency;
  if (found === undefined || reserved === undefined) return undefined;
  if (reserved === 0) {
    return fail(
      `${found.name} has a reserved concurrency of 0: every invocation is throttled.`,
      SETUP,
    );
  }
  const begins = Math.min(
    maximumConcurrency ?? INITIAL_CONCURRENT_BATCHES,
    INITIAL_CONCURRENT_BATCHES,
  );
  if (reserved >= begins) return undefined;
  return warn(
    `${found.name} has a reserved concurrency of ${reserved}, and its queue is polled with ${begins} batches at once: what is throttled counts as received, and good messages become dead letters. Bound the mapping instead: maximumConcurrency.`,
  );
}
