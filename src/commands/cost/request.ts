import { ARCHITECTURES, type Architecture } from '../../lib/cost/compute-cost.ts';
import { findSubscribers } from '../../lib/definition/find.ts';
import {
  ORDER_DATABASES,
  type OrderDatabase,
  STYLES,
  type Style,
} from '../../lib/definition/styles.ts';
import type { SubscriberSpec, Topology } from '../../lib/definition/topology.ts';
import { usageError } from '../../lib/rules/errors.ts';
import {
  MAX_BATCH_SIZE,
  MAX_FUNCTION_MEMORY_MB,
  MAX_FUNCTION_TIMEOUT_SECONDS,
  MIN_FUNCTION_MEMORY_MB,
} from '../../lib/rules/functions.ts';
import { SQS_MAX_MESSAGE_BYTES } from '../../lib/rules/limits.ts';
import { nearest } from '../../lib/rules/text/nearest.ts';
import { parseBytes, parseCount } from '../../lib/rules/text/quantity.ts';
import { shownText } from '../../lib/rules/text/shown-text.ts';
import { readWholeNumber } from '../whole-number.ts';

export interface CostFlags {
  readonly events: string;
  readonly style?: string;
  readonly payload?: string;
  readonly batch?: string;
  readonly ms: string;
  readonly memory?: string;
  readonly tasks: string;
  readonly database?: string;
  readonly architecture: string;
  readonly share?: readonly string[];
}

/** What `pubsub cost` is asked, apart from the topology. */
export interface CostRequest {
  readonly events: number;
  /** Undefined for what the file describes. */
  readonly style: Style | 'all' | undefined;
  readonly payloadBytes: number | undefined;
  readonly batch: number | undefined;
  readonly handlerMs: number;
  readonly memoryMb: number | undefined;
  readonly tasks: number;
  /** Where orders are kept, in the styles that can have it. */
  readonly database: OrderDatabase | undefined;
  readonly architecture: Architecture;
}

/** As they are shown beside each other: containers first. */
export const COMPARED_STYLES = STYLES.toReversed();

/** What is asked unless flags say otherwise. */
export const COST_DEFAULTS = {
  events: '1M',
  ms: '50',
  tasks: '1',
  architecture: 'x86_64',
} as const satisfies CostFlags;

/** Events a month at the most. */
export const MAX_EVENTS = 1e12;
const MAX_TASKS = 1000;

/** @throws AppError (exit 2) for a value that can't be. */
export function readCostRequest(flags: CostFlags): CostRequest {
  const { events, style, payload, batch, ms, memory, tasks, architecture } = flags;
  return {
    events: parseCount('--events', events, MAX_EVENTS),
    style:
      style === undefined
        ? undefined
        : oneOf('--style', style, [...COMPARED_STYLES, 'all'] as const),
    payloadBytes:
      payload === undefined ? undefined : parseBytes('--payload', payload, SQS_MAX_MESSAGE_BYTES),
    batch: batch === undefined ? undefined : readWholeNumber('--batch', batch, [1, MAX_BATCH_SIZE]),
    handlerMs: readWholeNumber('--ms', ms, [1, MAX_FUNCTION_TIMEOUT_SECONDS * 1000]),
    memoryMb:
      memory === undefined
        ? undefined
        : readWholeNumber('--memory', memory, [MIN_FUNCTION_MEMORY_MB, MAX_FUNCTION_MEMORY_MB]),
    tasks: readWholeNumber('--tasks', tasks, [1, MAX_TASKS]),
    database:
      flags.database === undefined
        ? undefined
        : oneOf('--database', flags.database, ORDER_DATABASES),
    architecture: oneOf('--architecture', architecture, ARCHITECTURES),
  };
}

/** Shares by subscriber, from `name=0.25` or `name=25%`; `all` stands for each. @throws AppError (exit 2). */
export function readShares(
  topology: Topology,
  pairs: readonly string[] = [],
): ReadonlyMap<string, number> {
  return new Map(
    pairs.flatMap((pair) => {
      const [, name = '', digits, percent] = /^([^=]+)=(\d+(?:\.\d+)?|\.\d+)(%?)$/.exec(pair) ?? [];
      const share = Number(digits) / (percent ? 100 : 1);
      if (!(share <= 1)) {
        throw usageError(
          `--share must be a subscriber and a share from 0 to 1, not "${shownText(pair)}".`,
          '--share storm-warning=0.2, or --share storm-warning=20%',
        );
      }
      return filtering(topology, name).map((found) => [found.name, share] as const);
    }),
  );
}

/** The subscribers that a share is said of. @throws AppError (exit 2) where they have no filter to let less through. */
function filtering(topology: Topology, name: string): SubscriberSpec[] {
  const named = findSubscribers(topology, name);
  const found = named.filter(({ subscriptions }) =>
    subscriptions.some(({ filterPolicy }) => filterPolicy !== undefined),
  );
  if (found.length > 0) return found;
  const who = named.length === 1 ? `${named[0]?.name} has` : 'The subscribers have';
  throw usageError(
    `${who} no filter in the file: every event gets through, so that --share says nothing.`,
    'Leave it out, or give the subscriber a filterPolicy.',
  );
}

function oneOf<Word extends string>(flag: string, text: string, words: readonly Word[]): Word {
  const found = words.find((word) => word === text);
  if (found !== undefined) return found;
  const near = nearest(text, words);
  throw usageError(
    `${flag} must be ${words.slice(0, -1).join(', ')} or ${words.at(-1)}, not "${shownText(text)}".`,
    near && `Did you mean ${flag} ${near}?`,
  );
}
