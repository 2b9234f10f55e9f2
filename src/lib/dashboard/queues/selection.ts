import { peekQueue } from '../../aws/peek.ts';
import { getQueueAttributes } from '../../aws/queues.ts';
import {
  type DeadLetterFilter,
  isMeant,
  isUnfiltered,
  readDeadLetter,
} from '../../dead-letters/dead-letter.ts';
import { parseCondition } from '../../events/where.ts';
import type { Dashboard } from '../dashboard.ts';
import { optionalText, textsField } from '../http/fields.ts';
import type { JsonBody } from '../http/read-json.ts';
import { COUNTED } from '../live/figures.ts';
import type { FoundQueue } from './found-queue.ts';
import { lookInto } from './look.ts';

/** Messages of a queue that are counted by looking at them. */
const MAX_COUNTED = 1_000;

/** Reads which messages are meant. @throws HttpFailure or AppError 400 */
export function readSelection(body: JsonBody): DeadLetterFilter {
  return {
    ids: textsField(body, 'ids'),
    eventType: optionalText(body, 'type') || undefined,
    where: textsField(body, 'where').filter(Boolean).map(parseCondition),
    text: optionalText(body, 'text') || undefined,
    olderThan: undefined,
    newerThan: undefined,
  };
}

/** A selection as flags of `pubsub dlq`. */
export function selectionFlags(body: JsonBody): string[] {
  const type = optionalText(body, 'type');
  const text = optionalText(body, 'text');
  return [
    ...textsField(body, 'ids').flatMap((id) => ['--id', id]),
    ...(type ? ['--event-type', type] : []),
    ...textsField(body, 'where')
      .filter(Boolean)
      .flatMap((condition) => ['--where', condition]),
    ...(text ? ['--text', text] : []),
  ];
}

/** How many messages a selection means. */
export interface Meant {
  /** Those that can be received now. */
  readonly count: number;
  /** Those in flight or delayed: only a purge reaches them. */
  readonly held: number;
  /** Whether only so many can be, and nobody looked how many there are. */
  readonly isBound: boolean;
}

/**
 * How many messages are meant: SQS's approximate counts of all, else as many as a look at the oldest thousand finds.
 * Where a look would receive them, ids are counted and not looked for.
 */
export async function countMeant(
  dashboard: Dashboard,
  found: FoundQueue,
  filter: DeadLetterFilter,
  signal: AbortSignal,
): Promise<Meant> {
  if (isUnfiltered(filter)) return countAll(dashboard, found);
  const { ids } = filter;
  const isById = ids.length > 0 && isUnfiltered({ ...filter, ids: [] });
  if (isById && !(await dashboard.live.hasEngine())) {
    return { count: ids.length, held: 0, isBound: true };
  }
  const { messages } = await lookInto(dashboard, found, { limit: MAX_COUNTED, signal });
  const now = Date.now();
  const meant = messages.filter((message) => isMeant(readDeadLetter(message), filter, now));
  const count = meant.filter(({ state }) => state === 'visible').length;
  return { count, held: meant.length - count, isBound: false };
}

async function countAll({ aws }: Dashboard, { queue }: FoundQueue): Promise<Meant> {
  const peeked = await peekQueue(aws, queue.arn, 1);
  if (peeked !== undefined) {
    return { count: peeked.visible, held: peeked.inFlight + peeked.delayed, isBound: false };
  }
  const attributes = await getQueueAttributes(aws, queue.url, COUNTED);
  const [visible = 0, ...others] = COUNTED.map((each) => Number(attributes?.[each] ?? 0));
  return { count: visible, held: others.reduce((sum, each) => sum + each, 0), isBound: false };
}
