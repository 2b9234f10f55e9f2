import { findPublished } from '../../aws/message-trace.ts';
import { readTrace } from '../../diagnose/trace/read-trace.ts';
import type { MessageTrace, TraceBranch } from '../../diagnose/trace/trace.ts';
import type { MessageBranch, MessageDetail } from '../api/messages.ts';
import type { Dashboard } from '../dashboard.ts';
import { attributeList, foreignText } from '../foreign-text.ts';
import { notFound } from '../http/failure.ts';
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
  const { messages, source, knownFrom, remarks } = await readTrace({ place, id, stateDir, signal });
  const message = messages.find(({ messageId }) => messageId === id) ?? messages.at(-1);
  if (message === undefined) throw notFound(`message ${id.slice(0, 100)} that is known`);
  const found = await findPublished(aws, message.messageId);
  const published = found?.find(({ messageId }) => messageId === message.messageId);
  return {
    ...headOf(message),
    subject: published?.subject ?? null,
    body: published === undefined ? null : foreignText(published.body, MAX_BODY_CHARACTERS),
    attributes: attributeList(published?.attributes ?? {}),
    groupId: published?.groupId ?? null,
    deduplicationId: published?.deduplicationId ?? null,
    branches: message.branches.map(branchView),
    source,
    knownFrom: knownFrom ?? null,
    remarks,
    command: commands.pubsub('trace', message.messageId),
  };
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
