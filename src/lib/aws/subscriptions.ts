import {
  ConfirmSubscriptionCommand,
  GetSubscriptionAttributesCommand,
  ListSubscriptionsByTopicCommand,
  ListSubscriptionsCommand,
  type Subscription as SdkSubscription,
  SetSubscriptionAttributesCommand,
  SubscribeCommand,
  UnsubscribeCommand,
} from '@aws-sdk/client-sns';
import { controlCall, controlCallUnless } from './call.ts';
import type { Aws } from './clients.ts';
import { snsAt } from './sns-at.ts';
import { type Attributes, SNS_NOT_FOUND } from './topics.ts';

/** A confirmed subscription. */
export interface Subscription {
  readonly arn: string;
  readonly topicArn: string;
  readonly protocol: string;
  /** The queue's ARN where the protocol is `sqs`. */
  readonly endpoint: string;
}

/** A subscription as it is listed; one that waits for its confirmation has no ARN yet. */
export interface ListedSubscription extends Omit<Subscription, 'arn'> {
  readonly arn: string | undefined;
}

/** All confirmed subscriptions of a topic (`ListSubscriptionsByTopic`); undefined where there is no such topic. */
export async function listTopicSubscriptions(
  aws: Aws,
  topicArn: string,
): Promise<Subscription[] | undefined> {
  const found = await listWithPending(aws, topicArn);
  return found?.flatMap((each) => (each.arn === undefined ? [] : [{ ...each, arn: each.arn }]));
}

/**
 * All subscriptions of a topic, those that wait for their confirmation too (`ListSubscriptionsByTopic`); undefined
 * where there is no such topic.
 */
export async function listWithPending(
  aws: Aws,
  topicArn: string,
): Promise<ListedSubscription[] | undefined> {
  const found: ListedSubscription[] = [];
  let token: string | undefined;
  do {
    const page = await controlCallUnless(
      aws,
      `list the subscriptions of topic "${topicArn}"`,
      SNS_NOT_FOUND,
      () =>
        snsAt(aws, topicArn).send(
          new ListSubscriptionsByTopicCommand({ TopicArn: topicArn, NextToken: token }),
        ),
    );
    if (!page) return undefined;
    found.push(...listed(page.Subscriptions));
    token = page.NextToken;
  } while (token);
  return found;
}

/**
 * Every confirmed subscription of the account and region (`ListSubscriptions`), page after page.
 * @param at ARN of a topic in whose region to look; in that of the target unless given.
 */
export async function* listSubscriptions(aws: Aws, at?: string): AsyncGenerator<Subscription> {
  for await (const each of listAllSubscriptions(aws, at)) {
    if (each.arn !== undefined) yield { ...each, arn: each.arn };
  }
}

/**
 * Every subscription of the account and region, those that wait for their confirmation too (`ListSubscriptions`).
 * @param at as for `listSubscriptions`.
 */
export async function* listAllSubscriptions(
  aws: Aws,
  at?: string,
): AsyncGenerator<ListedSubscription> {
  const sns = at === undefined ? aws.sns : snsAt(aws, at);
  let token: string | undefined;
  do {
    const page = await controlCall(aws, 'list the subscriptions', () =>
      sns.send(new ListSubscriptionsCommand({ NextToken: token })),
    );
    yield* listed(page.Subscriptions);
    token = page.NextToken;
  } while (token);
}

/** Where one isn't confirmed or was just deleted, a word (`PendingConfirmation`, `Deleted`) stands for its ARN. */
function listed(page: readonly SdkSubscription[] = []): ListedSubscription[] {
  return page.flatMap(({ SubscriptionArn: arn = '', TopicArn, Protocol, Endpoint }) => {
    if (!arn.startsWith('arn:') && arn !== 'PendingConfirmation') return [];
    return [
      {
        arn: arn.startsWith('arn:') ? arn : undefined,
        topicArn: TopicArn ?? '',
        protocol: Protocol ?? '',
        endpoint: Endpoint ?? '',
      },
    ];
  });
}

/** A subscription's attributes (`GetSubscriptionAttributes`); undefined where there is no such subscription. */
export async function getSubscriptionAttributes(
  aws: Aws,
  arn: string,
): Promise<Attributes | undefined> {
  const answer = await controlCallUnless(aws, `read subscription "${arn}"`, SNS_NOT_FOUND, () =>
    snsAt(aws, arn).send(new GetSubscriptionAttributesCommand({ SubscriptionArn: arn })),
  );
  return answer && (answer.Attributes ?? {});
}

/**
 * Subscribes a queue to a topic (`Subscribe`). A queue of the topic's own account needs no confirmation.
 * @returns the subscription's ARN.
 */
export async function subscribeQueue(
  aws: Aws,
  subscription: { topicArn: string; queueArn: string; attributes: Attributes },
): Promise<string> {
  const { topicArn, queueArn, attributes } = subscription;
  const { SubscriptionArn = '' } = await controlCall(
    aws,
    `subscribe "${queueArn}" to "${topicArn}"`,
    () =>
      snsAt(aws, topicArn).send(
        new SubscribeCommand({
          TopicArn: topicArn,
          Protocol: 'sqs',
          Endpoint: queueArn,
          ReturnSubscriptionArn: true,
          ...(Object.keys(attributes).length > 0 ? { Attributes: { ...attributes } } : {}),
        }),
      ),
  );
  return SubscriptionArn;
}

/**
 * Sets one attribute (`SetSubscriptionAttributes`). A filter policy may take 15 minutes to hold everywhere.
 * @param value no value takes a redrive policy away: AWS refuses an empty one. A filter policy goes with `{}`.
 */
export async function setSubscriptionAttribute(
  aws: Aws,
  arn: string,
  name: string,
  value: string | undefined,
): Promise<void> {
  await controlCall(aws, `set ${name} of subscription "${arn}"`, () =>
    snsAt(aws, arn).send(
      new SetSubscriptionAttributesCommand({
        SubscriptionArn: arn,
        AttributeName: name,
        AttributeValue: value,
      }),
    ),
  );
}

/**
 * Confirms a subscription (`ConfirmSubscription`).
 * @param token what SNS sent to the endpoint. @returns the subscription's ARN.
 * @throws AppError `InvalidParameter` for a token that is not or no longer good: it is for three days.
 */
export async function confirmSubscription(
  aws: Aws,
  topicArn: string,
  token: string,
): Promise<string> {
  const { SubscriptionArn = '' } = await controlCall(
    aws,
    `confirm a subscription of "${topicArn}"`,
    () =>
      snsAt(aws, topicArn).send(
        new ConfirmSubscriptionCommand({ TopicArn: topicArn, Token: token }),
      ),
  );
  return SubscriptionArn;
}

/** Ends a subscription (`Unsubscribe`); one that is gone already is not an error. */
export async function unsubscribe(aws: Aws, arn: string): Promise<void> {
  await controlCallUnless(aws, `end subscription "${arn}"`, SNS_NOT_FOUND, () =>
    snsAt(aws, arn).send(new UnsubscribeCommand({ SubscriptionArn: arn })),
  );
}
