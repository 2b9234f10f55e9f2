import { functionOf } from '../../definition/find.ts';
import type { FunctionSpec, SubscriberSpec } from '../../definition/topology.ts';
import { recordFilter } from '../../rules/record-filter.ts';
import { functionNameOf, isOff } from '../../topology/functions/find-mapping.ts';
import { known } from '../doctor/fact.ts';
import type { HandlingFacts, SubscriberFacts } from '../doctor/facts.ts';

/** The function that takes a subscriber's messages from its queue. */
export interface Taker {
  /** Its name. */
  readonly function: string;
  /** What keeps it from every message, as a sentence; undefined where nothing does. */
  readonly obstacle: string | undefined;
  /** Patterns of its mapping, as JSON: a message that none matches is deleted unseen. Empty for all messages. */
  readonly patterns: readonly string[];
}

/** What becomes of a message in its queue, where a function takes from that. */
export interface Taking {
  readonly function: string;
  /** Whether the function gets it. */
  readonly handled: boolean;
  /** A sentence. */
  readonly words: string;
}

/** The function that a file says takes from a subscriber's queue; undefined where none does. */
export function declaredTaker(
  spec: Pick<SubscriberSpec, 'handler'>,
  functions: readonly FunctionSpec[],
): Taker | undefined {
  const target = functionOf(spec, functions);
  return target && { function: target.name, obstacle: undefined, patterns: [] };
}

/** The function that takes from a subscriber's queue on the target; undefined where none does, or nobody can tell. */
export function liveTaker({ spec, handling, strays = [] }: SubscriberFacts): Taker | undefined {
  const found = handling && known(handling);
  if (found !== undefined) return handlingTaker(spec.queue, found);
  const stray = strays.find(({ enabled }) => enabled);
  if (stray === undefined) return undefined;
  const { functionName: name, stack } = stray;
  return {
    function: name,
    obstacle:
      stack === undefined
        ? `The function ${name} takes from ${spec.queue}, which the topology doesn't say: who else reads the queue misses what that gets.`
        : undefined,
    patterns: [],
  };
}

function handlingTaker(queue: string, { target, found, mappings }: HandlingFacts): Taker {
  const { name } = target;
  const own = mappings.find(({ functionArn }) => functionNameOf(functionArn) === name);
  const obstacle =
    found === undefined
      ? `There is no function ${name}: the message waits in ${queue}.`
      : own === undefined
        ? `No event source mapping lets ${name} take from ${queue}: the message waits there.`
        : isOff(own)
          ? `The mapping that lets ${name} take from ${queue} is disabled: the message waits there.`
          : undefined;
  return { function: name, obstacle, patterns: patternsOf(own?.filters) };
}

function patternsOf(criteria: string | undefined): string[] {
  if (criteria === undefined) return [];
  const { Filters = [] } = JSON.parse(criteria) as {
    readonly Filters?: readonly { readonly Pattern?: string }[];
  };
  return Filters.flatMap(({ Pattern }) => Pattern ?? []);
}

/** What becomes of a message whose text is known. @param isRaw whether SNS delivers it without its envelope. */
export function takingOf(
  { function: name, obstacle, patterns }: Taker,
  { text, isRaw }: { readonly text: string; readonly isRaw: boolean },
): Taking {
  if (obstacle !== undefined) return { function: name, handled: false, words: obstacle };
  const body = isRaw ? text : JSON.stringify({ Type: 'Notification', Message: text });
  if (recordFilter(patterns)({ body })) {
    return { function: name, handled: true, words: `The function ${name} takes it.` };
  }
  const words = `The mapping to ${name} lets through what matches ${patterns.join(' or ')}: Lambda deletes this one unseen.`;
  return { function: name, handled: false, words };
}
