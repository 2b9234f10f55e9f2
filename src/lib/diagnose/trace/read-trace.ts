import { findPublished, type PublishedMessage, readMessageWay } from '../../aws/message-trace.ts';
import { readMessage } from '../../events/message.ts';
import { nameOfArn } from '../../rules/names.ts';
import type { Place } from '../../topology/inspect.ts';
import { buildTrace } from './build-trace.ts';
import { lookInQueues } from './look-in-queues.ts';
import { readAllReasons, subscribersByQueue } from './reasons.ts';
import type { MessageTrace, TraceRequest, TraceResult } from './trace.ts';

/** Messages of one event that are told: an event may have been published again and again. */
const MAX_MESSAGES = 10;

/**
 * Tells a message's way: on an embedded engine from what it keeps, elsewhere from what lies in the dead-letter queues
 * of the topology and from why consumers of this machine failed.
 * @throws AppError when a call is refused or nobody answers.
 */
export async function readTrace(request: TraceRequest): Promise<TraceResult> {
  const { place, id, stateDir } = request;
  const { aws, topology } = place;
  const published = await findPublished(aws, id);
  if (published === undefined) return lookInQueues(request);
  const meant = published.filter((message) => isMeant(message, id)).slice(-MAX_MESSAGES);
  const ids = meant.length === 0 ? [id] : meant.map(({ messageId }) => messageId);
  const messages: MessageTrace[] = [];
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
    messages.push(
      buildTrace(each, way, {
        published: message,
        reasons: await readAllReasons(stateDir, queues),
        subscribers: subscribersByQueue(topology),
      }),
    );
  }
  if (messages.length > 0) return { source: 'engine', messages, knownFrom, remarks: [] };
  const looked = await lookInQueues(request);
  return { ...looked, knownFrom };
}

function isMeant(message: PublishedMessage, id: string): boolean {
  return message.messageId === id || readMessage({ ...message, text: message.body }).eventId === id;
}

async function find({ aws }: Place, messageId: string): Promise<PublishedMessage | undefined> {
  const found = await findPublished(aws, messageId);
  return found?.find((message) => message.messageId === messageId);
}
