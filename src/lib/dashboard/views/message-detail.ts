import { findPublished, type PublishedMessage } from '../../aws/message-trace.ts';
import { peekQueue } from '../../aws/peek.ts';
import { readTrace } from '../../diagnose/trace/read-trace.ts';
import type { MessageTrace, TraceBranch } from '../../diagnose/trace/trace.ts';
import type { Waterfall } from '../../diagnose/trace/waterfall.ts';
import type { MessageBranch, MessageDetail, MessageSpans } from '../api/messages.ts';
import type { Dashboard } from '../dashboard.ts';
import { attributeList, foreignText } from '../foreign-text.ts';
import { HttpFailure } from '../http/failure.ts';
import type { RouteRequest } from '../http/route.ts';
import { placeOf } from '../target.ts';

/** Characters of a body that are shown. */
const MAX_BODY_CHARACTERS = 256 * 1024;

/** `GET messages/:id`. @throws HttpFailure 404 where nothing is known of it. */
export async function messageDetail(
  dashboard: Dashboard,
  { parameters, signal }: RouteRequest,
): Promise<MessageDetail> {
  const [id = ''] = parameters;
  const { aws, stateDir, commands } = dashboard;
  const place = await placeOf(dashboard);
  const { messages, traces, source, knownFrom, remarks } = await readTrace({
    place,
    id,
    stateDir,
    signal,
  });
  const message = messages.find(({ messageId }) => messageId === id) ?? messages.at(-1);
  if (message === undefined) {
    const words = [`Nothing is known of the message ${id.slice(0, 100)}.`, ...remarks].join(' ');
    throw new HttpFailure(404, 'NotFound', words);
  }
  const published = await publishedAs(dashboard, message.messageId, signal);
  const content: Content | undefined = published ?? (await lyingAs(aws, message));
  return {
    ...headOf(message),
    subject: published?.subject ?? null,
    body: content === undefined ? null : foreignText(content.body, MAX_BODY_CHARACTERS),
    attributes: attributeList(content?.attributes ?? {}),
    groupId: content?.groupId ?? null,
    deduplicationId: content?.deduplicationId ?? null,
    branches: message.branches.map(branchView),
    trace: traceView(traces),
    source,
    knownFrom: knownFrom ?? null,
    remarks,
    command: commands.pubsub('trace', message.messageId),
  };
}

type Content = Pick<PublishedMessage, 'body' | 'attributes' | 'groupId' | 'deduplicationId'>;

/** What was published: as the page knows it already, else as the engine finds it among everything that it keeps. */
async function publishedAs(
  { aws, live }: Dashboard,
  id: string,
  signal: AbortSignal,
): Promise<PublishedMessage | undefined> {
  const follower = await live.messages(signal);
  const known = follower?.index.get(id)?.message;
  return known ?? (await findPublished(aws, id))?.find(({ messageId }) => messageId === id);
}

/** What was sent to a queue without a topic: nobody keeps it, but while it lies there it can be looked at. */
async function lyingAs(
  aws: Dashboard['aws'],
  { messageId, topicArn, branches }: MessageTrace,
): Promise<Content | undefined> {
  if (topicArn !== undefined) return undefined;
  const arns = branches.flatMap(({ queueArn, deadLetterQueue }) => [
    queueArn,
    ...(deadLetterQueue === undefined ? [] : [queueArn.replace(/[^:]*$/, deadLetterQueue)]),
  ]);
  for (const arn of arns) {
    const peeked = await peekQueue(aws, arn);
    const found = peeked?.messages.find((each) => each.messageId === messageId);
    if (found === undefined) continue;
    const { messageGroupId: groupId, messageDeduplicationId: deduplicationId } = found;
    return { body: found.body, attributes: found.attributes, groupId, deduplicationId };
  }
  return undefined;
}

function headOf({
  messageId,
  eventId,
  eventType,
  topicArn,
  publishedAt,
  repeatedAt,
}: MessageTrace) {
  return {
    id: messageId,
    eventId: eventId ?? null,
    eventType: eventType ?? null,
    topicArn: topicArn ?? null,
    publishedAt: publishedAt ?? null,
    repeatedAt,
  };
}

/** Spans that the page is given at the most. */
const MAX_SPANS = 500;

function traceView([trace]: readonly Waterfall[]): MessageSpans | null {
  if (trace === undefined) return null;
  const { traceId, start, end, rows } = trace;
  const spans = rows.slice(0, MAX_SPANS).map(({ span, depth, isLinked }) => ({
    spanId: span.spanId,
    name: span.name,
    service: span.service,
    depth,
    isLinked,
    start: span.start,
    end: span.end,
    error: span.error,
    attributes: Object.entries(span.attributes).map(([name, value]) => ({
      name,
      value: String(value),
    })),
  }));
  return { traceId, start, end, spans };
}

function branchView(branch: TraceBranch): MessageBranch {
  const { queue, queueArn, subscriber, state, deadLetterQueue, hiddenUntil, steps } = branch;
  return {
    queue,
    queueArn,
    subscriber: subscriber ?? null,
    outcome: state,
    deadLetterQueue: deadLetterQueue ?? null,
    hiddenUntil: hiddenUntil ?? null,
    steps: steps.map((step) => ({ ...step, hiddenUntil: step.hiddenUntil ?? null })),
  };
}
