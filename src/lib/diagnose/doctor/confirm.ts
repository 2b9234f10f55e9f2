import type { Aws } from '../../aws/clients.ts';
import {
  changeVisibilityBatch,
  deleteBatch,
  type ReceivedMessage,
  receiveMessages,
} from '../../aws/received-messages.ts';
import { confirmSubscription, subscribeQueue } from '../../aws/subscriptions.ts';
import { AppError } from '../../rules/errors.ts';
import { known } from './fact.ts';
import type { BranchFacts, DoctorFacts } from './facts.ts';

/** Receives of up to ten messages until a token counts as gone, and seconds that each of them waits. */
const LOOKS = 5;
const WAIT = 1;

/** Ways into queues that wait for the confirmation of their subscription. */
export function unconfirmed(facts: DoctorFacts): BranchFacts[] {
  return facts.subscribers.flatMap(({ branches }) =>
    branches.filter(({ attachment }) => {
      const found = known(attachment);
      return found !== undefined && found.confirmed.length === 0 && found.pending.length > 0;
    }),
  );
}

/**
 * Confirms a queue's subscription with the token that SNS sent to the queue; where it is gone, it is sent anew. The
 * message with the token is deleted, since no consumer can handle it; what is received beside it is handed back.
 * @throws AppError `TokenNotFound` where no token comes, or of a call that is refused.
 */
export async function confirmPending(
  aws: Aws,
  { queue, queueArn, topic }: BranchFacts,
  signal: AbortSignal,
): Promise<void> {
  const url = known(queue)?.url;
  if (url === undefined) throw tokenNotFound(queueArn);
  let found = await findToken(aws, url, topic.arn, signal);
  if (found === undefined) {
    await subscribeQueue(aws, { topicArn: topic.arn, queueArn, attributes: {} });
    found = await findToken(aws, url, topic.arn, signal);
  }
  if (found === undefined) throw tokenNotFound(queueArn);
  await confirmSubscription(aws, topic.arn, found.token);
  const [deleted] = await deleteBatch(aws, url, [found.receiptHandle]);
  if (deleted?.ok === false) throw notDeleted(url, deleted.reason);
}

interface Token {
  readonly token: string;
  readonly receiptHandle: string;
}

async function findToken(
  aws: Aws,
  url: string,
  topicArn: string,
  signal: AbortSignal,
): Promise<Token | undefined> {
  const others: string[] = [];
  try {
    for (let look = 0; look < LOOKS; look++) {
      const messages = await receiveMessages(aws, url, { max: 10, waitSeconds: WAIT, signal });
      const found = messages.map((message) => readToken(message, topicArn));
      others.push(
        ...messages.flatMap(({ receiptHandle }, at) => (found[at] ? [] : [receiptHandle])),
      );
      const token = found.find((each) => each !== undefined);
      if (token !== undefined) return token;
      if (messages.length === 0 && others.length > 0) break;
    }
    return undefined;
  } finally {
    for (let at = 0; at < others.length; at += 10) {
      const changes = others
        .slice(at, at + 10)
        .map((receiptHandle) => ({ receiptHandle, seconds: 0 }));
      await changeVisibilityBatch(aws, url, changes);
    }
  }
}

/** The token of a `SubscriptionConfirmation` ("HTTP/HTTPS subscription confirmation JSON format", SNS Developer Guide). */
function readToken({ body, receiptHandle }: ReceivedMessage, topicArn: string): Token | undefined {
  try {
    const value: unknown = JSON.parse(body);
    if (typeof value !== 'object' || value === null) return undefined;
    const { Type, TopicArn, Token } = value as Record<string, unknown>;
    const isOurs = Type === 'SubscriptionConfirmation' && TopicArn === topicArn;
    return isOurs && typeof Token === 'string' ? { token: Token, receiptHandle } : undefined;
  } catch {
    return undefined;
  }
}

function notDeleted(url: string, reason: string): AppError {
  return new AppError({
    code: 'TokenNotDeleted',
    message: `The subscription is confirmed, but the message with its token stays in ${url}: ${reason}`,
    hint: 'A consumer will find it and take it for an event that it can not read.',
  });
}

function tokenNotFound(queueArn: string): AppError {
  return new AppError({
    code: 'TokenNotFound',
    message: `The token that confirms the subscription of ${queueArn} did not come to the queue.`,
    hint: 'Look whether a consumer took it, or let the owner of the subscription subscribe again.',
  });
}
