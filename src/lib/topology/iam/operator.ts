import {
  TEMPORARY_PURPOSES,
  type TemporaryPurpose,
  temporaryNamePrefix,
} from '../../definition/temporary.ts';
import type { Topology } from '../../definition/topology.ts';
import { operatorOfFunctions } from './operator-functions.ts';
import {
  allow,
  type IamRequest,
  type IamStatement,
  queueArn,
  resourceArn,
  topicArns,
  withKeys,
} from './statement.ts';

/** What setting up, looking, mending and removing take: `setup`, `cleanup`, `status`, `doctor`, `tap`, `dlq`, `alarms`, `functions`, `tables`. */
export function operator(request: IamRequest): IamStatement[] {
  const { subscribers } = request.topology;
  const topics = topicArns(request, { own: false });
  const own = topicArns(request, { own: true });
  const queues = subscribers.map(({ queue }) => queueArn(request, queue));
  const dlqNames = new Set(subscribers.flatMap(({ dlq }) => dlq ?? []));
  const dlqs = [...dlqNames].map((dlq) => queueArn(request, dlq));
  const temporaryName = (purpose: TemporaryPurpose): string =>
    `${temporaryNamePrefix(request.topology)}${purpose}-*`;
  const temporaryQueues = TEMPORARY_PURPOSES.map((purpose) =>
    queueArn(request, temporaryName(purpose)),
  );
  const temporaryTopics = [resourceArn(request.place, 'sns', temporaryName('probe'))];
  return [
    ...allowOn('Topic', TOPIC_ACTIONS, own),
    ...allowOn(
      'ForeignTopics',
      FOREIGN_TOPIC_ACTIONS,
      topics.filter((arn) => !own.includes(arn)),
    ),
    {
      ...allow('SubscribeQueues', ['sns:Subscribe'], [...topics, ...temporaryTopics]),
      Condition: { StringEquals: { 'sns:Protocol': 'sqs' } },
    },
    // AWS lets none of these be held to a resource.
    allow('ListsAndSubscriptions', UNSCOPED_ACTIONS, ['*']),
    allow('Queues', QUEUE_ACTIONS, [...queues, ...dlqs]),
    allow('SendBack', ['sqs:SendMessage'], queues),
    ...allowOn('DeadLetters', DEAD_LETTER_ACTIONS, dlqs),
    allow('TemporaryQueues', TEMPORARY_QUEUE_ACTIONS, temporaryQueues),
    allow('Tap', ['sqs:DeleteMessage'], [queueArn(request, temporaryName('tap'))]),
    allow('TemporaryTopics', TEMPORARY_TOPIC_ACTIONS, temporaryTopics),
    allow('Alarms', ALARM_ACTIONS, alarmArns(request)),
    ...operatorOfFunctions(request),
    ...withKeys(request, allKeys(request.topology), OPERATOR_KEY_ACTIONS),
  ];
}

function allKeys({ topics, subscribers }: Topology) {
  const ofQueues = subscribers.flatMap(({ kmsKey, dlqKmsKey }) => [kmsKey, dlqKmsKey]);
  return [...topics.map(({ kmsKey }) => kmsKey), ...ofQueues];
}

/** A statement, where there is something that it is about. */
function allowOn(
  sid: string,
  actions: readonly string[],
  resources: readonly string[],
): IamStatement[] {
  return resources.length === 0 ? [] : [allow(sid, actions, resources)];
}

const TOPIC_ACTIONS = [
  'sns:CreateTopic',
  'sns:DeleteTopic',
  'sns:GetTopicAttributes',
  'sns:ListSubscriptionsByTopic',
  'sns:ListTagsForResource',
  'sns:SetTopicAttributes',
  'sns:TagResource',
  'sns:UntagResource',
];

/** Somebody else's topic is looked at, and subscribed to. */
const FOREIGN_TOPIC_ACTIONS = ['sns:GetTopicAttributes', 'sns:ListSubscriptionsByTopic'];

const UNSCOPED_ACTIONS = [
  'cloudwatch:DescribeAlarms',
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
  'sqs:UntagQueue',
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
  'sqs:DeleteQueue',
  'sqs:GetQueueAttributes',
  'sqs:ListQueueTags',
  'sqs:ReceiveMessage',
  'sqs:TagQueue',
];

/** A probe sends its canary through a copy of the topic. */
const TEMPORARY_TOPIC_ACTIONS = [
  'sns:CreateTopic',
  'sns:DeleteTopic',
  'sns:ListSubscriptionsByTopic',
  'sns:ListTagsForResource',
  'sns:Publish',
  'sns:SetTopicAttributes',
  'sns:TagResource',
];

const ALARM_ACTIONS = [
  'cloudwatch:DeleteAlarms',
  'cloudwatch:ListTagsForResource',
  'cloudwatch:PutMetricAlarm',
  'cloudwatch:TagResource',
];

/** Alarms are named after what they are about. */
function alarmArns({ place, topology }: IamRequest): string[] {
  const names = [
    ...topology.topics.flatMap(({ name, arn }) => (arn === undefined ? [name] : [])),
    ...topology.subscribers.flatMap(({ queue, dlq }) => (dlq ? [queue, dlq] : [queue])),
  ];
  return [...new Set(names)].map((name) => resourceArn(place, 'cloudwatch', `alarm:${name}-*`));
}

/** To read dead letters and send them back; and what doctor asks of the key. */
const OPERATOR_KEY_ACTIONS = [
  'kms:Decrypt',
  'kms:DescribeKey',
  'kms:GenerateDataKey',
  'kms:GetKeyPolicy',
];
