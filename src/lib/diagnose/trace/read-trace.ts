import {
  findPublished,
  type PublishedMessage,
  readMessageWay,
  readSpans,
} from '../../aws/message-trace.ts';
import { readMessage } from '../../events/message.ts';
import { nameOfArn } from '../../rules/names.ts';
import type { KnownTrace } from '../../rules/trace-span.ts';
import type { Place } from '../../topology/inspect.ts';
import { buildTrace } from './build-trace.ts';
import { withLoggedReasons } from './function-reasons.ts';
import { lookInQueues } from './look-in-queues.ts';
import { readAllReasons, subscribersByQueue } from './reasons.ts';
import { messagesBeginning } from './short-id.ts';
import type { MessageTrace, TraceRequest, TraceResult } from './trace.ts';
import { waterfallOf } from './waterfall.ts';

/** Messages of one event that are told: an event may have been published again and again. */
const MAX_MESSAGES = 10;

/**
 * Tells a message's way: on an embedded engine from what it keeps, elsewhere from what lies in the dead-letter queues
 * of the topology and from why consumers of this machine failed.
 * @throws AppError when a call is refused or nobody answers; `AmbiguousId` (exit 2) for a short id of several.
 */
export async function readTrace(request: TraceRequest): Promise<TraceResult> {
  const { place, id } = request;
  const known = TRACE_ID.test(id) ? await readSpans(place.aws, id) : undefined;
  if (known !== undefined) return ofTrace(request, known);
  const published = await findPublished(place.aws, id);
  if (published === undefined) return lookInQueues(request);
  const meant = published.filter((message) => isMeant(message, id)).slice(-MAX_MESSAGES);
  const ids = meant.length === 0 ? [id] : meant.map(({ messageId }) => messageId);
  const exact = await tracesOf(request, ids, meant);
  if (exact.messages.length > 0) return exact;
  const beginning = (await messagesBeginning(place, id, published)).slice(-MAX_MESSAGES);
  const short = await tracesOf(request, beginning, []);
  if (short.messages.length > 0) return short;
  const looked = await lookInQueues(request);
  const { knownFrom } = exact;
  if (knownFrom === undefined) return looked;
  const since = new Date(knownFrom).toISOString();
  const remarks = [`The engine knows what happened since ${since}: it keeps that in memory.`];
  return { ...looked, knownFrom, remarks };
}

/** What OpenTelemetry calls a trace id. */
const TRACE_ID = /^[0-9a-f]{32}$/;

/** The ways of the messages that carry a trace, and its spans. */
function ofTrace(request: TraceRequest, trace: KnownTrace): Promise<TraceResult> {
  return tracesOf(request, trace.messages, [], [trace]);
}

/** The ways of messages, each once, by ids in a topic or a queue. */
async function tracesOf(
  { place, stateDir }: TraceRequest,
  ids: readonly string[],
  meant: readonly PublishedMessage[],
  known: readonly KnownTrace[] = [],
): Promise<TraceResult> {
  const { aws, topology } = place;
  const traces = [...known];
  const messages = new Map<string, MessageTrace>();
  let knownFrom: number | undefined;
  for (const each of ids) {
    const way = await readMessageWay(aws, each);
    if (way === undefined) continue;
    knownFrom = way.from;
    const origin = way.events.find(({ kind }) => kind === 'published')?.messageId ?? each;
    const message =
      meant.find(({ messageId }) => messageId === each) ?? (await find(place, origin));
    if (way.events.length === 0 && message === undefined) continue;
    const queues = way.events.flatMap((event) =>
      event.kind === 'received' ? [nameOfArn(event.queueArn)] : [],
    );
    const events = await withLoggedReasons(aws, way.events);
    const trace = buildTrace(
      each,
      { ...way, events },
      {
        published: message,
        reasons: await readAllReasons(stateDir, queues),
        subscribers: subscribersByQueue(topology),
      },
    );
    messages.set(trace.messageId, trace);
    if (traces.some((each) => each.messages.includes(trace.messageId))) continue;
    const carried = await readSpans(aws, trace.messageId);
    if (carried !== undefined) traces.push(carried);
  }
  return {
    source: 'engine',
    messages: [...messages.values()],
    traces: traces.flatMap((each) => waterfallOf(each) ?? []),
    knownFrom,
    remarks: [],
  };
}

function isMeant(message: PublishedMessage, id: string): boolean {
  return message.messageId === id || readMessage({ ...message, text: message.body }).eventId === id;
}

async function find({ aws }: Place, messageId: string): Promise<PublishedMessage | undefined> {
  const found = await findPublished(aws, messageId);
  return found?.find((message) => message.messageId === messageId);
}
