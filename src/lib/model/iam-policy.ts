import { AppError } from './errors.ts';
import { MAX_MANAGED_POLICY_CHARACTERS } from './limits.ts';
import { TEMPORARY_PURPOSES, temporaryNamePrefix } from './temporary.ts';
import type { SubscriberSpec, Topology } from './topology.ts';

/** Who a policy is for. */
export const IAM_ROLES = ['publisher', 'subscriber', 'operator'] as const;
export type IamRole = (typeof IAM_ROLES)[number];

/** An identity policy, ready to attach ("IAM JSON policy reference"). */
export interface IamPolicy {
  readonly Version: '2012-10-17';
  readonly Statement: readonly IamStatement[];
}

export interface IamStatement {
  readonly Sid: string;
  readonly Effect: 'Allow';
  readonly Action: readonly string[];
  readonly Resource: readonly string[];
  readonly Condition?: Readonly<Record<string, Readonly<Record<string, string>>>>;
}

/** Where the resources are. */
export interface IamPlace {
  /** `aws`, `aws-cn` or `aws-us-gov`. */
  readonly partition: string;
  readonly region: string;
  /** Twelve digits. */
  readonly account: string;
}

/** What a policy is made for. */
export interface IamRequest {
  readonly role: IamRole;
  readonly topology: Topology;
  /** Whose queues a subscriber may read; of no matter to the other roles. */
  readonly subscribers: readonly SubscriberSpec[];
  readonly place: IamPlace;
  /** The customer key that the topic and the queues are encrypted with, if they are. */
  readonly kmsKeyArn: string | undefined;
}

/**
 * The least that a role's commands need, by resource ("Actions, resources, and condition keys for Amazon SNS", and for
 * Amazon SQS, Service Authorization Reference). `PublishBatch` and the batch calls of SQS are allowed by the single
 * call's action; `sts:GetCallerIdentity` needs no permission.
 * @throws AppError `PolicyTooLong` where it would have more characters than AWS takes.
 */
export function iamPolicy(request: IamRequest): IamPolicy {
  const policy: IamPolicy = { Version: '2012-10-17', Statement: STATEMENTS[request.role](request) };
  const characters = policyCharacters(policy);
  if (characters <= MAX_MANAGED_POLICY_CHARACTERS) return policy;
  throw new AppError({
    code: 'PolicyTooLong',
    message: `The policy would have ${characters} characters; AWS takes ${MAX_MANAGED_POLICY_CHARACTERS}.`,
    hint: 'Use a shorter --prefix.',
  });
}

/** Characters of a policy as AWS counts them: without white space. */
export function policyCharacters(policy: IamPolicy): number {
  return JSON.stringify(policy).replace(/\s/g, '').length;
}

const STATEMENTS: Readonly<Record<IamRole, (request: IamRequest) => IamStatement[]>> = {
  publisher,
  subscriber,
  operator,
};

function publisher(request: IamRequest): IamStatement[] {
  return [
    allow('Publish', ['sns:Publish'], [topicArn(request)]),
    ...withKey(request, ['kms:Decrypt', 'kms:GenerateDataKey']),
  ];
}

function subscriber(request: IamRequest): IamStatement[] {
  return [
    allow(
      'Consume',
      ['sqs:ChangeMessageVisibility', 'sqs:DeleteMessage', 'sqs:GetQueueUrl', 'sqs:ReceiveMessage'],
      request.subscribers.map(({ queue }) => queueArn(request, queue)),
    ),
    ...withKey(request, ['kms:Decrypt']),
  ];
}

function operator(request: IamRequest): IamStatement[] {
  const { subscribers } = request.topology;
  const topic = topicArn(request);
  const queues = subscribers.map(({ queue }) => queueArn(request, queue));
  const dlqs = subscribers.map(({ dlq }) => queueArn(request, dlq));
  const temporary = TEMPORARY_PURPOSES.map(
    (purpose) => `${temporaryNamePrefix(request.topology)}${purpose}-*`,
  );
  return [
    allow('Topic', TOPIC_ACTIONS, [topic]),
    {
      ...allow('SubscribeQueues', ['sns:Subscribe'], [topic]),
      Condition: { StringEquals: { 'sns:Protocol': 'sqs' } },
    },
    // AWS lets none of these be held to a resource.
    allow('ListsAndSubscriptions', UNSCOPED_ACTIONS, ['*']),
    allow('Queues', QUEUE_ACTIONS, [...queues, ...dlqs]),
    allow('SendBack', ['sqs:SendMessage'], queues),
    allow('DeadLetters', DEAD_LETTER_ACTIONS, dlqs),
    allow(
      'TemporaryQueues',
      TEMPORARY_QUEUE_ACTIONS,
      temporary.map((name) => queueArn(request, name)),
    ),
    ...withKey(request, OPERATOR_KEY_ACTIONS),
  ];
}

const TOPIC_ACTIONS = [
  'sns:CreateTopic',
  'sns:DeleteTopic',
  'sns:GetTopicAttributes',
  'sns:ListSubscriptionsByTopic',
  'sns:ListTagsForResource',
  'sns:SetTopicAttributes',
  'sns:TagResource',
];

const UNSCOPED_ACTIONS = [
  'sns:GetSubscriptionAttributes',
  'sns:ListSubscriptions',
  'sns:ListTopics',
  'sns:SetSubscriptionAttributes',
  'sns:Unsubscribe',
  'sqs:ListQueues',
];

const QUEUE_ACTIONS = [
  'sqs:CreateQueue',
  'sqs:DeleteQueue',
  'sqs:GetQueueAttributes',
  'sqs:GetQueueUrl',
  'sqs:ListQueueTags',
  'sqs:SetQueueAttributes',
  'sqs:TagQueue',
];

/**
 * A move task also takes, with the caller's rights, what it moves: from the dead-letter queue and into the queue
 * ("Configure a dead-letter queue redrive", SQS Developer Guide).
 */
const DEAD_LETTER_ACTIONS = [
  'sqs:CancelMessageMoveTask',
  'sqs:ChangeMessageVisibility',
  'sqs:DeleteMessage',
  'sqs:ListDeadLetterSourceQueues',
  'sqs:ListMessageMoveTasks',
  'sqs:PurgeQueue',
  'sqs:ReceiveMessage',
  'sqs:StartMessageMoveTask',
];

const TEMPORARY_QUEUE_ACTIONS = [
  'sqs:CreateQueue',
  'sqs:DeleteMessage',
  'sqs:DeleteQueue',
  'sqs:GetQueueAttributes',
  'sqs:ListQueueTags',
  'sqs:ReceiveMessage',
  'sqs:TagQueue',
];

/** To read dead letters and send them back; and what doctor asks of the key. */
const OPERATOR_KEY_ACTIONS = [
  'kms:Decrypt',
  'kms:DescribeKey',
  'kms:GenerateDataKey',
  'kms:GetKeyPolicy',
];

function withKey({ kmsKeyArn }: IamRequest, actions: readonly string[]): IamStatement[] {
  return kmsKeyArn === undefined ? [] : [allow('Key', actions, [kmsKeyArn])];
}

function allow(Sid: string, Action: readonly string[], Resource: readonly string[]): IamStatement {
  return { Sid, Effect: 'Allow', Action, Resource };
}

function topicArn({ topology, place }: IamRequest): string {
  return arn(place, 'sns', topology.topic);
}

function queueArn({ place }: IamRequest, name: string): string {
  return arn(place, 'sqs', name);
}

function arn({ partition, region, account }: IamPlace, service: string, name: string): string {
  return `arn:${partition}:${service}:${region}:${account}:${name}`;
}
