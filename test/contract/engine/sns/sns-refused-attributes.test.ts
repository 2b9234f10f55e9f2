import * as commands from '@aws-sdk/client-sns';
import { it } from 'vitest';
import { type Answer, expectAnswers } from '../../../fixtures/answers.ts';
import { useSns } from '../../../fixtures/sns-engine.ts';

const engine = useSns();
const ask = (calls: readonly Answer[]) => expectAnswers({ client: engine.sns, commands }, calls);

const TopicArn = 'arn:aws:sns:us-east-1:111111111111:standard';
const FIFO = 'arn:aws:sns:us-east-1:111111111111:fifo.fifo';
const QUEUE = 'arn:aws:sqs:us-east-1:111111111111:queue';
const set = (AttributeName: string, AttributeValue: string, arn = TopicArn) => ({
  TopicArn: arn,
  AttributeName,
  AttributeValue,
});
const retry = (defaultHealthyRetryPolicy: unknown) =>
  set('DeliveryPolicy', JSON.stringify({ http: { defaultHealthyRetryPolicy } }));
const http = (more: object) => set('DeliveryPolicy', JSON.stringify({ http: more }));
const BOUNDS = {
  minDelayTarget: [1, 3600],
  maxDelayTarget: [1, 3600],
  numRetries: [0, 100],
  numMaxDelayRetries: [0, 100],
  numNoDelayRetries: [0, 100],
  numMinDelayRetries: [0, 100],
} as const;
const refusal = (what: string) => `400 InvalidParameterException: Invalid parameter: ${what}`;
const bounds = Object.entries(BOUNDS).flatMap(([name, [least, most]]): Answer[] => {
  const path = `DeliveryPolicy: http.defaultHealthyRetryPolicy.${name} must be`;
  return [
    [
      'SetTopicAttributes',
      retry({ [name]: least - 1 }),
      refusal(`${path} greater than or equal to ${least}`),
    ],
    [
      'SetTopicAttributes',
      retry({ [name]: most + 1 }),
      refusal(`${path} less than or equal to ${most}`),
    ],
    ['SetTopicAttributes', retry({ [name]: 1.5 }), refusal(`${path} an integer`)],
    ['SetTopicAttributes', retry({ [name]: '1' }), refusal(`${path} an integer`)],
  ];
});
const taken = [
  { minDelayTarget: 1, maxDelayTarget: 1, numRetries: 100 },
  { minDelayTarget: 3600, maxDelayTarget: 3600, numRetries: 1 },
  { numRetries: 0 },
  { numRetries: 100, numNoDelayRetries: 100 },
  { numRetries: 100, numMinDelayRetries: 100, minDelayTarget: 1 },
  { numRetries: 36, numMaxDelayRetries: 36, minDelayTarget: 1, maxDelayTarget: 100 },
  ...['arithmetic', 'exponential', 'geometric', 'linear'].map((backoffFunction) => ({
    backoffFunction,
  })),
  { numRetries: null },
  null,
].map((policy): Answer => ['SetTopicAttributes', retry(policy), {}]);
const topics: Answer[] = [
  ...bounds,
  ...taken,
  [
    'SetTopicAttributes',
    retry({ minDelayTarget: 21, maxDelayTarget: 20 }),
    '400 InvalidParameterException: Invalid parameter: DeliveryPolicy: http.defaultHealthyRetryPolicy.maxDelayTarget must be greater than or equal to minDelayTarget',
  ],
  [
    'SetTopicAttributes',
    retry({ numRetries: 37, numMaxDelayRetries: 37, minDelayTarget: 1, maxDelayTarget: 100 }),
    '400 InvalidParameterException: Invalid parameter: DeliveryPolicy: http.defaultHealthyRetryPolicy: the retries take more than 3600 seconds in all',
  ],
  [
    'SetTopicAttributes',
    retry({ backoffFunction: 'random' }),
    '400 InvalidParameterException: Invalid parameter: DeliveryPolicy: http.defaultHealthyRetryPolicy.backoffFunction must be one of arithmetic, exponential, geometric, linear',
  ],
  [
    'SetTopicAttributes',
    retry([]),
    '400 InvalidParameterException: Invalid parameter: DeliveryPolicy: http.defaultHealthyRetryPolicy must be an object',
  ],
  [
    'SetTopicAttributes',
    retry('text'),
    '400 InvalidParameterException: Invalid parameter: DeliveryPolicy: http.defaultHealthyRetryPolicy must be an object',
  ],
  [
    'SetTopicAttributes',
    http({ defaultThrottlePolicy: { maxReceivesPerSecond: 0 } }),
    '400 InvalidParameterException: Invalid parameter: DeliveryPolicy: http.defaultThrottlePolicy.maxReceivesPerSecond must be greater than or equal to 1',
  ],
  [
    'SetTopicAttributes',
    http({ defaultThrottlePolicy: { maxReceivesPerSecond: 1.5 } }),
    '400 InvalidParameterException: Invalid parameter: DeliveryPolicy: http.defaultThrottlePolicy.maxReceivesPerSecond must be greater than or equal to 1',
  ],
  ['SetTopicAttributes', http({ defaultThrottlePolicy: { maxReceivesPerSecond: 1 } }), {}],
  [
    'SetTopicAttributes',
    http({ defaultRequestPolicy: { headerContentType: 'text' } }),
    '400 InvalidParameterException: Invalid parameter: DeliveryPolicy: http.defaultRequestPolicy.headerContentType must be a content type',
  ],
  [
    'SetTopicAttributes',
    http({ defaultRequestPolicy: { headerContentType: 7 } }),
    '400 InvalidParameterException: Invalid parameter: DeliveryPolicy: http.defaultRequestPolicy.headerContentType must be a content type',
  ],
  [
    'SetTopicAttributes',
    http({ defaultRequestPolicy: { headerContentType: 'text/plain; charset=utf-8' } }),
    {},
  ],
  [
    'SetTopicAttributes',
    set('DeliveryPolicy', '{"http":7}'),
    '400 InvalidParameterException: Invalid parameter: DeliveryPolicy: http must be an object',
  ],
  [
    'SetTopicAttributes',
    set('DeliveryPolicy', '[]'),
    '400 InvalidParameterException: Invalid parameter: DeliveryPolicy: failed to parse JSON.',
  ],
  [
    'SetTopicAttributes',
    set('DeliveryPolicy', '{'),
    '400 InvalidParameterException: Invalid parameter: DeliveryPolicy: failed to parse JSON.',
  ],
  [
    'SetTopicAttributes',
    set('DisplayName', 'a'.repeat(101)),
    '400 InvalidParameterException: Invalid parameter: DisplayName: must have at most 100 characters and no control characters',
  ],
  [
    'SetTopicAttributes',
    set('DisplayName', 'a\n'),
    '400 InvalidParameterException: Invalid parameter: DisplayName: must have at most 100 characters and no control characters',
  ],
  [
    'SetTopicAttributes',
    set('DisplayName', 'a\u007f'),
    '400 InvalidParameterException: Invalid parameter: DisplayName: must have at most 100 characters and no control characters',
  ],
  ['SetTopicAttributes', set('DisplayName', 'a'.repeat(100)), {}],
  [
    'SetTopicAttributes',
    set('MaximumMessageSize', '1023'),
    '400 InvalidParameterException: Invalid parameter: MaximumMessageSize: must be an integer between 1024 and 1048576',
  ],
  [
    'SetTopicAttributes',
    set('MaximumMessageSize', '1048577'),
    '400 InvalidParameterException: Invalid parameter: MaximumMessageSize: must be an integer between 1024 and 1048576',
  ],
  [
    'SetTopicAttributes',
    set('MaximumMessageSize', '1e4'),
    '400 InvalidParameterException: Invalid parameter: MaximumMessageSize: must be an integer between 1024 and 1048576',
  ],
  ['SetTopicAttributes', set('MaximumMessageSize', '1024'), {}],
  ['SetTopicAttributes', set('MaximumMessageSize', '1048576'), {}],
  [
    'SetTopicAttributes',
    set('SignatureVersion', '3'),
    '400 InvalidParameterException: Invalid parameter: SignatureVersion: Invalid value [3]. Must be 1 or 2.',
  ],
  [
    'SetTopicAttributes',
    set('TracingConfig', 'Passive'),
    '400 InvalidParameterException: Invalid parameter: TracingConfig: Invalid value [Passive]. Must be PassThrough or Active.',
  ],
  [
    'SetTopicAttributes',
    set('ContentBasedDeduplication', 'true'),
    '400 InvalidParameterException: Invalid parameter: ContentBasedDeduplication: can only be set for FIFO topics',
  ],
  [
    'SetTopicAttributes',
    set('ContentBasedDeduplication', 'maybe', FIFO),
    '400 InvalidParameterException: Invalid parameter: ContentBasedDeduplication: Invalid value [maybe]. Must be true or false.',
  ],
  ['SetTopicAttributes', set('ContentBasedDeduplication', 'TRUE', FIFO), {}],
  [
    'SetTopicAttributes',
    set('FifoThroughputScope', 'Topic'),
    '400 InvalidParameterException: Invalid parameter: FifoThroughputScope: can only be set for FIFO topics',
  ],
  [
    'SetTopicAttributes',
    set('FifoThroughputScope', 'Queue', FIFO),
    '400 InvalidParameterException: Invalid parameter: FifoThroughputScope: Invalid value [Queue]. Must be Topic or MessageGroup.',
  ],
  [
    'SetTopicAttributes',
    set('ArchivePolicy', '{"MessageRetentionPeriod":1}'),
    '400 InvalidParameterException: Invalid parameter: ArchivePolicy: can only be set for FIFO topics',
  ],
  [
    'SetTopicAttributes',
    set('ArchivePolicy', '{"MessageRetentionPeriod":0}', FIFO),
    '400 InvalidParameterException: Invalid parameter: ArchivePolicy: MessageRetentionPeriod must be a number of days from 1 to 365',
  ],
  [
    'SetTopicAttributes',
    set('ArchivePolicy', '{"MessageRetentionPeriod":366}', FIFO),
    '400 InvalidParameterException: Invalid parameter: ArchivePolicy: MessageRetentionPeriod must be a number of days from 1 to 365',
  ],
  [
    'SetTopicAttributes',
    set('ArchivePolicy', '{"MessageRetentionPeriod":"1.5"}', FIFO),
    '400 InvalidParameterException: Invalid parameter: ArchivePolicy: MessageRetentionPeriod must be a number of days from 1 to 365',
  ],
  [
    'SetTopicAttributes',
    set('ArchivePolicy', '{"Other":1}', FIFO),
    '400 InvalidParameterException: Invalid parameter: ArchivePolicy: Attribute Other is unknown.',
  ],
  [
    'SetTopicAttributes',
    set('ArchivePolicy', '[]', FIFO),
    '400 InvalidParameterException: Invalid parameter: ArchivePolicy: failed to parse JSON.',
  ],
  [
    'SetTopicAttributes',
    set('ArchivePolicy', '{', FIFO),
    '400 InvalidParameterException: Invalid parameter: ArchivePolicy: failed to parse JSON.',
  ],
  ['SetTopicAttributes', set('ArchivePolicy', '{"MessageRetentionPeriod":"365"}', FIFO), {}],
  ['SetTopicAttributes', set('ArchivePolicy', '{}', FIFO), {}],
  [
    'SetTopicAttributes',
    set('SQSSuccessFeedbackSampleRate', '101'),
    '400 InvalidParameterException: Invalid parameter: SQSSuccessFeedbackSampleRate: 101 value provided is not an integer between 0-100',
  ],
  [
    'SetTopicAttributes',
    set('SQSSuccessFeedbackSampleRate', 'x'),
    '400 InvalidParameterException: Invalid parameter: SQSSuccessFeedbackSampleRate: x value provided is not an integer between 0-100',
  ],
  ['SetTopicAttributes', set('SQSSuccessFeedbackSampleRate', '100'), {}],
  [
    'SetTopicAttributes',
    set('KinesisSuccessFeedbackSampleRate', '1'),
    '400 InvalidParameterException: Invalid parameter: AttributeName',
  ],
  [
    'SetTopicAttributes',
    set('TopicArn', 'a'),
    '400 InvalidParameterException: Invalid parameter: AttributeName',
  ],
  [
    'SetTopicAttributes',
    set('toString', 'a'),
    '400 InvalidParameterException: Invalid parameter: AttributeName',
  ],
  [
    'SetTopicAttributes',
    set('Policy', '{'),
    '400 InvalidParameterException: Invalid parameter: Policy Error: null',
  ],
  [
    'SetTopicAttributes',
    set('DisplayName', 'a', 'a:b'),
    '400 InvalidParameterException: Invalid parameter: TopicArn Reason: An ARN must have at least 6 elements, not 2',
  ],
  [
    'SetTopicAttributes',
    set('DisplayName', 'a', 'arn:aws:sqs:us-east-1:111111111111:standard'),
    '400 InvalidParameterException: Invalid parameter: TopicArn',
  ],
  [
    'SetTopicAttributes',
    set('DisplayName', 'a', 'arn:aws:sns:us-west-2:111111111111:standard'),
    '400 InvalidParameterException: Invalid parameter: TopicArn',
  ],
  [
    'SetTopicAttributes',
    set('DisplayName', 'a', 'arn:aws:sns:us-east-1:111111111111:none'),
    '404 NotFoundException: Topic does not exist',
  ],
  [
    'CreateTopic',
    { Name: 'standard', Attributes: { DisplayName: 'other' } },
    '400 InvalidParameterException: Invalid parameter: Attributes Reason: Topic already exists with different attributes',
  ],
  [
    'CreateTopic',
    { Name: 'standard', Tags: [{ Key: 'k', Value: 'v' }] },
    '400 InvalidParameterException: Invalid parameter: Tags Reason: Topic already exists with different tags',
  ],
  ['CreateTopic', { Name: 'a b' }, '400 InvalidParameterException: Invalid parameter: Topic Name'],
  [
    'CreateTopic',
    { Name: 'a'.repeat(257) },
    '400 InvalidParameterException: Invalid parameter: Topic Name',
  ],
  ['CreateTopic', { Name: '' }, '400 InvalidParameterException: Invalid parameter: Topic Name'],
  [
    'CreateTopic',
    { Name: 'a.fifo' },
    '400 InvalidParameterException: Invalid parameter: Topic Name',
  ],
  [
    'CreateTopic',
    { Name: 'a', Attributes: { FifoTopic: 'true' } },
    '400 InvalidParameterException: Invalid parameter: Topic Name',
  ],
  [
    'CreateTopic',
    { Name: 'a', Attributes: { FifoTopic: 'maybe' } },
    '400 InvalidParameterException: Invalid parameter: Attributes Reason: FifoTopic: Invalid value [maybe]. Must be true or false.',
  ],
  [
    'CreateTopic',
    { Name: 'a', Attributes: { Other: 'a' } },
    '400 InvalidParameterException: Invalid parameter: Attributes Reason: Unknown attribute Other',
  ],
  [
    'CreateTopic',
    { Name: 'a', Attributes: { SignatureVersion: '0' } },
    '400 InvalidParameterException: Invalid parameter: Attributes Reason: SignatureVersion: Invalid value [0]. Must be 1 or 2.',
  ],
  [
    'TagResource',
    { ResourceArn: TopicArn, Tags: [{ Key: '', Value: '' }] },
    "400 ValidationError: 1 validation error detected: Value '' at 'tags.1.member.key' failed to satisfy constraint: Member must have length greater than or equal to 1",
  ],
  [
    'TagResource',
    { ResourceArn: TopicArn, Tags: [{ Key: 'k'.repeat(129), Value: '' }] },
    "400 ValidationError: 1 validation error detected: Value 'kkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkk' at 'tags.1.member.key' failed to satisfy constraint: Member must have length less than or equal to 128",
  ],
  [
    'TagResource',
    { ResourceArn: TopicArn, Tags: [{ Key: 'k', Value: 'v'.repeat(257) }] },
    "400 ValidationError: 1 validation error detected: Value 'vvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvv' at 'tags.1.member.value' failed to satisfy constraint: Member must have length less than or equal to 256",
  ],
  [
    'TagResource',
    { ResourceArn: TopicArn, Tags: [{ Key: 'aws:k', Value: '' }] },
    '400 InvalidParameterException: Invalid parameter: Tags Reason: aws: prefixed tag key names are not allowed',
  ],
  [
    'TagResource',
    {
      ResourceArn: TopicArn,
      Tags: [
        { Key: 'k', Value: 'a' },
        { Key: 'k', Value: 'b' },
      ],
    },
    '400 InvalidParameterException: Invalid parameter: Duplicated keys are not allowed.',
  ],
  [
    'TagResource',
    {
      ResourceArn: TopicArn,
      Tags: Array.from({ length: 51 }, (_, at) => ({ Key: `k${at}`, Value: '' })),
    },
    '400 TagLimitExceededException: Could not complete request: tag quota of per resource exceeded',
  ],
  [
    'TagResource',
    {
      ResourceArn: TopicArn,
      Tags: Array.from({ length: 50 }, (_, at) => ({ Key: `k${at}`, Value: '' })),
    },
    {},
  ],
  [
    'TagResource',
    { ResourceArn: TopicArn, Tags: [{ Key: 'other', Value: '' }] },
    '400 TagLimitExceededException: Could not complete request: tag quota of per resource exceeded',
  ],
  [
    'TagResource',
    { ResourceArn: `${TopicArn}none`, Tags: [{ Key: 'other', Value: '' }] },
    '404 ResourceNotFoundException: Resource does not exist',
  ],
  [
    'PutDataProtectionPolicy',
    { ResourceArn: TopicArn, DataProtectionPolicy: '{' },
    '400 InvalidParameterException: Invalid parameter: DataProtectionPolicy Reason: failed to parse JSON.',
  ],
  [
    'PutDataProtectionPolicy',
    { ResourceArn: TopicArn, DataProtectionPolicy: ' '.repeat(30_721) },
    '400 InvalidParameterException: Invalid parameter: DataProtectionPolicy Reason: at most 30720 characters',
  ],
  [
    'PutDataProtectionPolicy',
    { ResourceArn: TopicArn, DataProtectionPolicy: '{"Statement":{"DataDirection":"Both"}}' },
    '400 InvalidParameterException: Invalid parameter: DataProtectionPolicy Reason: Statement DataDirection must be either Inbound or Outbound',
  ],
  [
    'PutDataProtectionPolicy',
    { ResourceArn: TopicArn, DataProtectionPolicy: '{"Statement":{"DataDirection":"Outbound"}}' },
    {},
  ],
  [
    'GetDataProtectionPolicy',
    { ResourceArn: TopicArn },
    { DataProtectionPolicy: '{"Statement":{"DataDirection":"Outbound"}}' },
  ],
  ['PutDataProtectionPolicy', { ResourceArn: TopicArn, DataProtectionPolicy: '' }, {}],
  ['GetDataProtectionPolicy', { ResourceArn: TopicArn }, {}],
  [
    'AddPermission',
    { TopicArn, Label: 'l', AWSAccountId: ['111122223333'], ActionName: [] },
    '400 InvalidParameterException: Invalid parameter: ActionName',
  ],
  [
    'AddPermission',
    { TopicArn, Label: 'l', AWSAccountId: [], ActionName: ['Publish'] },
    '400 InvalidParameterException: Invalid parameter: AWSAccountId',
  ],
  [
    'AddPermission',
    { TopicArn, Label: 'l', AWSAccountId: ['1'], ActionName: ['Publish'] },
    '400 InvalidParameterException: Invalid parameter: Policy Error: PrincipalNotFound',
  ],
  [
    'AddPermission',
    { TopicArn, Label: 'l', AWSAccountId: ['111122223333'], ActionName: ['Any'] },
    '400 InvalidParameterException: Invalid parameter: Policy statement action out of service scope!',
  ],
  [
    'AddPermission',
    { TopicArn, Label: 'l', AWSAccountId: ['111122223333'], ActionName: ['Publish'] },
    {},
  ],
  [
    'AddPermission',
    { TopicArn, Label: 'l', AWSAccountId: ['111122223333'], ActionName: ['Publish'] },
    '400 InvalidParameterException: Invalid parameter: Statement already exists',
  ],
  ['RemovePermission', { TopicArn, Label: 'none' }, {}],
];

const subscribe = (more: object, Attributes: object = {}) => ({
  TopicArn,
  Protocol: 'sqs',
  Endpoint: QUEUE,
  Attributes,
  ...more,
});
const redrive = (value: unknown) => ({ RedrivePolicy: JSON.stringify(value) });
const replay = (value: object) => ({ ReplayPolicy: JSON.stringify(value) });
const at = (StartingPoint: unknown, EndingPoint?: unknown) => ({
  PointType: 'Timestamp',
  StartingPoint,
  EndingPoint,
});
const own = (policy: object) => ({ DeliveryPolicy: JSON.stringify(policy) });
const subscriptions: Answer[] = [
  [
    'Subscribe',
    subscribe({}, { Other: 'a' }),
    '400 InvalidParameterException: Invalid parameter: Attributes Reason: Unknown attribute: Other',
  ],
  [
    'Subscribe',
    subscribe({}, { RawMessageDelivery: 'maybe' }),
    '400 InvalidParameterException: Invalid parameter: Attributes Reason: RawMessageDelivery: Invalid value [maybe]. Must be true or false.',
  ],
  [
    'Subscribe',
    subscribe(
      { Protocol: 'lambda', Endpoint: 'arn:aws:lambda:us-east-1:111111111111:function:f' },
      { RawMessageDelivery: 'true' },
    ),
    '400 InvalidParameterException: Invalid parameter: Attributes Reason: Delivery protocol [lambda] does not support raw message delivery.',
  ],
  [
    'Subscribe',
    subscribe({}, { FilterPolicyScope: 'Body' }),
    '400 InvalidParameterException: Invalid parameter: Attributes Reason: FilterPolicyScope: Invalid value [Body]. Please use either MessageBody or MessageAttributes',
  ],
  [
    'Subscribe',
    subscribe({}, { FilterPolicy: '{' }),
    '400 InvalidParameterException: Invalid parameter: Attributes Reason: FilterPolicy: failed to parse JSON. Unexpected end-of-input: was expecting double-quote to start field name\n at [Source: REDACTED (`StreamReadFeature.INCLUDE_SOURCE_IN_LOCATION` disabled); line: 1, column: 2]',
  ],
  [
    'Subscribe',
    subscribe({}, { FilterPolicy: '{"a":{"b":["c"]}}' }),
    '400 InvalidParameterException: Invalid parameter: Attributes Reason: Filter policy scope MessageAttributes does not support nested filter policy',
  ],
  [
    'Subscribe',
    subscribe({}, { FilterPolicy: '{"a":"b"}' }),
    '400 InvalidParameterException: Invalid parameter: Attributes Reason: FilterPolicy: "a" must be an object or an array\n at [Source: (String)"{"a":"b"}"; line: 1, column: 7]',
  ],
  [
    'Subscribe',
    subscribe({}, redrive({ deadLetterTargetArn: 'a' })),
    '400 InvalidParameterException: Invalid parameter: Attributes Reason: RedrivePolicy: deadLetterTargetArn is an invalid arn',
  ],
  [
    'Subscribe',
    subscribe({}, redrive({ deadLetterTargetArn: TopicArn })),
    '400 InvalidParameterException: Invalid parameter: Attributes Reason: RedrivePolicy: deadLetterTargetArn is an invalid arn',
  ],
  [
    'Subscribe',
    subscribe({}, redrive({ deadLetterTargetArn: 7 })),
    '400 InvalidParameterException: Invalid parameter: Attributes Reason: RedrivePolicy: deadLetterTargetArn is an invalid arn',
  ],
  [
    'Subscribe',
    subscribe({}, redrive({ maxReceiveCount: 1 })),
    '400 InvalidParameterException: Invalid parameter: Attributes Reason: RedrivePolicy: invalid JSON. Attribute maxReceiveCount is unknown.',
  ],
  [
    'Subscribe',
    subscribe({}, redrive([])),
    '400 InvalidParameterException: Invalid parameter: Attributes Reason: RedrivePolicy: failed to parse JSON.',
  ],
  [
    'Subscribe',
    subscribe({}, { RedrivePolicy: '{' }),
    '400 InvalidParameterException: Invalid parameter: Attributes Reason: RedrivePolicy: failed to parse JSON. Unexpected end-of-input: was expecting double-quote to start field name\n at [Source: REDACTED (`StreamReadFeature.INCLUDE_SOURCE_IN_LOCATION` disabled); line: 1, column: 2]',
  ],
  [
    'Subscribe',
    subscribe({}, redrive({ deadLetterTargetArn: 'arn:aws:sqs:us-west-2:111111111111:q' })),
    '400 InvalidParameterException: Invalid parameter: Attributes Reason: RedrivePolicy: dead-letter queue must be in the same account and region as the subscription',
  ],
  [
    'Subscribe',
    subscribe({}, redrive({ deadLetterTargetArn: 'arn:aws:sqs:us-east-1:222222222222:q' })),
    '400 InvalidParameterException: Invalid parameter: Attributes Reason: RedrivePolicy: dead-letter queue must be in the same account and region as the subscription',
  ],
  [
    'Subscribe',
    subscribe({}, redrive({ deadLetterTargetArn: `${QUEUE}.fifo` })),
    '400 InvalidParameterException: Invalid parameter: Attributes Reason: RedrivePolicy: must use a standard queue as DLQ for a standard topic',
  ],
  [
    'Subscribe',
    subscribe(
      { TopicArn: FIFO, Endpoint: `${QUEUE}.fifo` },
      redrive({ deadLetterTargetArn: QUEUE }),
    ),
    '400 InvalidParameterException: Invalid parameter: Attributes Reason: RedrivePolicy: must use a FIFO queue as DLQ for a FIFO Subscription to a FIFO Topic.',
  ],
  [
    'Subscribe',
    subscribe({}, replay(at('2026-01-01T00:00:00Z'))),
    '400 InvalidParameterException: Invalid parameter: Attributes Reason: ReplayPolicy: can only be set for subscriptions of FIFO topics',
  ],
  [
    'Subscribe',
    subscribe({ TopicArn: FIFO }, replay(at(7))),
    '400 InvalidParameterException: Invalid parameter: Attributes Reason: ReplayPolicy: StartingPoint must be a time in ISO 8601',
  ],
  [
    'Subscribe',
    subscribe({ TopicArn: FIFO }, replay(at('yesterday'))),
    '400 InvalidParameterException: Invalid parameter: Attributes Reason: ReplayPolicy: StartingPoint must be a time in ISO 8601',
  ],
  [
    'Subscribe',
    subscribe({ TopicArn: FIFO }, replay(at('2026-01-01T00:00:00Z', 'x'))),
    '400 InvalidParameterException: Invalid parameter: Attributes Reason: ReplayPolicy: EndingPoint must be a time in ISO 8601',
  ],
  [
    'Subscribe',
    subscribe({ TopicArn: FIFO }, replay(at('2026-01-01T00:00:00Z', '2026-01-01T00:00:00Z'))),
    '400 InvalidParameterException: Invalid parameter: Attributes Reason: ReplayPolicy: EndingPoint must be later than StartingPoint',
  ],
  [
    'Subscribe',
    subscribe({ TopicArn: FIFO }, replay({ PointType: 'Offset' })),
    '400 InvalidParameterException: Invalid parameter: Attributes Reason: ReplayPolicy: PointType must be Timestamp',
  ],
  [
    'Subscribe',
    subscribe({ TopicArn: FIFO }, { ReplayPolicy: '{' }),
    '400 InvalidParameterException: Invalid parameter: Attributes Reason: ReplayPolicy: failed to parse JSON.',
  ],
  [
    'Subscribe',
    subscribe({}, own({ healthyRetryPolicy: { numRetries: 101 } })),
    '400 InvalidParameterException: Invalid parameter: Attributes Reason: DeliveryPolicy: healthyRetryPolicy.numRetries must be less than or equal to 100',
  ],
  [
    'Subscribe',
    subscribe({}, own({ sicklyRetryPolicy: { numRetries: -1 } })),
    '400 InvalidParameterException: Invalid parameter: Attributes Reason: DeliveryPolicy: sicklyRetryPolicy.numRetries must be greater than or equal to 0',
  ],
  [
    'Subscribe',
    subscribe({}, own({ throttlePolicy: { maxReceivesPerSecond: 0 } })),
    '400 InvalidParameterException: Invalid parameter: Attributes Reason: DeliveryPolicy: throttlePolicy.maxReceivesPerSecond must be greater than or equal to 1',
  ],
  [
    'Subscribe',
    subscribe({}, own({ requestPolicy: { headerContentType: 'x' } })),
    '400 InvalidParameterException: Invalid parameter: Attributes Reason: DeliveryPolicy: requestPolicy.headerContentType must be a content type',
  ],
  [
    'Subscribe',
    subscribe({ Protocol: 'ftp' }),
    '400 InvalidParameterException: Invalid parameter: Amazon SNS does not support this protocol string: ftp',
  ],
  [
    'Subscribe',
    subscribe({ Protocol: 'valueOf' }),
    '400 InvalidParameterException: Invalid parameter: Amazon SNS does not support this protocol string: valueOf',
  ],
  [
    'Subscribe',
    subscribe({ Endpoint: 'queue' }),
    '400 InvalidParameterException: Invalid parameter: SQS endpoint ARN',
  ],
  [
    'Subscribe',
    subscribe({ Endpoint: 'arn:aws:sqs:nowhere:111111111111:q' }),
    '400 InvalidParameterException: Invalid parameter: SQS endpoint ARN',
  ],
  [
    'Subscribe',
    subscribe({ Endpoint: 'arn:aws:sqs:us-east-1:1:q' }),
    '400 InvalidParameterException: Invalid parameter: SQS endpoint ARN',
  ],
  [
    'Subscribe',
    subscribe({ Endpoint: 'arn:aws:sqs:us-east-1:111111111111:q q' }),
    '400 InvalidParameterException: Invalid parameter: SQS endpoint ARN',
  ],
  [
    'Subscribe',
    subscribe({ Endpoint: `${QUEUE}.fifo` }),
    '400 InvalidParameterException: Invalid parameter: Invalid parameter: Endpoint Reason: FIFO SQS Queues can not be subscribed to standard SNS topics',
  ],
  [
    'Subscribe',
    subscribe({ TopicArn: FIFO, Protocol: 'http', Endpoint: 'http://127.0.0.1:1/' }),
    '400 InvalidParameterException: Invalid parameter: Invalid parameter: Endpoint Reason: Please use FIFO SQS queue',
  ],
  [
    'Subscribe',
    subscribe({ Protocol: 'http', Endpoint: 'https://127.0.0.1:1/' }),
    '400 InvalidParameterException: Invalid parameter: Endpoint must match the specified protocol',
  ],
  [
    'Subscribe',
    subscribe({ Protocol: 'https', Endpoint: 'https://' }),
    '400 InvalidParameterException: Invalid parameter: Endpoint must match the specified protocol',
  ],
  [
    'Subscribe',
    subscribe({ Protocol: 'email', Endpoint: 'nobody' }),
    '400 InvalidParameterException: Invalid parameter: Email address',
  ],
  [
    'Subscribe',
    subscribe({ Protocol: 'email-json', Endpoint: 'a@b' }),
    '400 InvalidParameterException: Invalid parameter: Email address',
  ],
  [
    'Subscribe',
    subscribe({ Protocol: 'sms', Endpoint: '+1--5550100' }),
    '400 InvalidParameterException: Invalid SMS endpoint: +1--5550100',
  ],
  [
    'Subscribe',
    subscribe({ Protocol: 'application', Endpoint: 'none' }),
    '400 InvalidParameterException: Invalid parameter: Application endpoint arn invalid:none',
  ],
  [
    'Subscribe',
    subscribe({
      Protocol: 'application',
      Endpoint:
        'arn:aws:sns:us-east-1:111111111111:endpoint/GCM/app/12345678-1234-1234-1234-123456789012',
    }),
    '400 InvalidParameterException: Invalid parameter: Endpoint Reason: Endpoint does not exist for endpoint arnarn:aws:sns:us-east-1:111111111111:endpoint/GCM/app/12345678-1234-1234-1234-123456789012',
  ],
  [
    'Subscribe',
    subscribe({ Protocol: 'lambda', Endpoint: 'arn:aws:lambda:us-east-1:111111111111:f' }),
    '400 InvalidParameterException: Invalid parameter: Lambda endpoint ARN',
  ],
  [
    'Subscribe',
    subscribe({
      Protocol: 'firehose',
      Endpoint: 'arn:aws:firehose:us-east-1:111111111111:deliverystream/s',
    }),
    '400 InvalidParameterException: Invalid parameter: Attributes Reason: SubscriptionRoleArn: a role that may write to the delivery stream is required',
  ],
  [
    'Subscribe',
    subscribe({ Protocol: 'firehose', Endpoint: 'arn:aws:firehose:us-east-1:111111111111:s' }),
    '400 InvalidParameterException: Invalid parameter: Firehose endpoint ARN',
  ],
  [
    'Subscribe',
    subscribe({ TopicArn: `${TopicArn}none` }),
    '404 NotFoundException: Topic does not exist',
  ],
  [
    'Unsubscribe',
    { SubscriptionArn: '' },
    '400 InvalidParameterException: Invalid parameter: SubscriptionArn Reason: no value for required parameter',
  ],
  [
    'Unsubscribe',
    { SubscriptionArn: 'a:b' },
    '400 InvalidParameterException: Invalid parameter: SubscriptionArn Reason: An ARN must have at least 6 elements, not 2',
  ],
  [
    'Unsubscribe',
    { SubscriptionArn: TopicArn },
    '400 InvalidParameterException: Invalid parameter: SubscriptionId',
  ],
  ['Unsubscribe', { SubscriptionArn: `${TopicArn}:none` }, {}],
  [
    'Unsubscribe',
    { SubscriptionArn: 'arn:aws:sqs:us-east-1:111111111111:standard:none' },
    '400 InvalidParameterException: Invalid parameter: SubscriptionArn',
  ],
  [
    'Unsubscribe',
    { SubscriptionArn: 'arn:aws:sns:us-west-2:111111111111:standard:none' },
    '400 InvalidParameterException: Invalid parameter: SubscriptionArn',
  ],
  [
    'GetSubscriptionAttributes',
    { SubscriptionArn: `${TopicArn}:none` },
    '404 NotFoundException: Subscription does not exist',
  ],
  [
    'ConfirmSubscription',
    { TopicArn, Token: 'none' },
    '400 InvalidParameterException: Invalid token',
  ],
  [
    'ConfirmSubscription',
    { TopicArn, Token: 'abc' },
    '400 InvalidParameterException: Invalid parameter: Token',
  ],
  [
    'ConfirmSubscription',
    { TopicArn: QUEUE, Token: 'abc' },
    '400 InvalidParameterException: Invalid parameter: Topic',
  ],
  [
    'ConfirmSubscription',
    { TopicArn: 'arn:aws:sns:us-west-2:111111111111:standard', Token: 'abc' },
    '400 InvalidParameterException: Invalid parameter: Topic',
  ],
  [
    'ListSubscriptions',
    { NextToken: 'none' },
    '400 InvalidParameterException: Invalid parameter: NextToken',
  ],
  [
    'ListTopics',
    { NextToken: 'none' },
    '400 InvalidParameterException: Invalid parameter: NextToken',
  ],
  [
    'ListSubscriptionsByTopic',
    { TopicArn, NextToken: 'none' },
    '400 InvalidParameterException: Invalid parameter: NextToken',
  ],
];

it('attributes that are out of bounds are refused, with the reason', async () => {
  await engine.topic('standard');
  await engine.topic('fifo.fifo', { FifoTopic: 'true' });
  await ask(topics);
  await ask(subscriptions);
});
