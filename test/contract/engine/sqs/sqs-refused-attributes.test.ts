import * as commands from '@aws-sdk/client-sqs';
import { expect, it } from 'vitest';
import { type Answer, expectAnswers } from '../../../fixtures/answers.ts';
import { useSqsEngine } from '../../../fixtures/sqs-engine.ts';

const engine = useSqsEngine();
const ask = (calls: readonly Answer[]) => expectAnswers({ client: engine.sqs, commands }, calls);

const ARN = 'arn:aws:sqs:us-east-1:111122223333:';
const QueueUrl = 'standard';
const make = (Attributes: object, QueueName = 'made') => ({ QueueName, Attributes });
const allow = (policy: object) => make({ RedriveAllowPolicy: JSON.stringify(policy) });
const redrive = (policy: object) => make({ RedrivePolicy: JSON.stringify(policy) });
const refusedAttributes: Answer[] = [
  [
    'CreateQueue',
    make({ VisibilityTimeout: '-1' }),
    '400 InvalidAttributeValue: Invalid value for the parameter VisibilityTimeout.',
  ],
  [
    'CreateQueue',
    make({ VisibilityTimeout: '43201' }),
    '400 InvalidAttributeValue: Invalid value for the parameter VisibilityTimeout.',
  ],
  [
    'CreateQueue',
    make({ VisibilityTimeout: '1.5' }),
    '400 InvalidAttributeValue: Invalid value for the parameter VisibilityTimeout.',
  ],
  [
    'CreateQueue',
    make({ VisibilityTimeout: '' }),
    '400 InvalidAttributeValue: Invalid value for the parameter VisibilityTimeout.',
  ],
  [
    'CreateQueue',
    make({ VisibilityTimeout: '00000000030' }),
    '400 InvalidAttributeValue: Invalid value for the parameter VisibilityTimeout.',
  ],
  [
    'CreateQueue',
    make({ MaximumMessageSize: '1023' }),
    '400 InvalidAttributeValue: Invalid value for the parameter MaximumMessageSize.',
  ],
  [
    'CreateQueue',
    make({ MaximumMessageSize: '1048577' }),
    '400 InvalidAttributeValue: Invalid value for the parameter MaximumMessageSize.',
  ],
  [
    'CreateQueue',
    make({ MessageRetentionPeriod: '59' }),
    '400 InvalidAttributeValue: Invalid value for the parameter MessageRetentionPeriod.',
  ],
  [
    'CreateQueue',
    make({ MessageRetentionPeriod: '1209601' }),
    '400 InvalidAttributeValue: Invalid value for the parameter MessageRetentionPeriod.',
  ],
  [
    'CreateQueue',
    make({ DelaySeconds: '-1' }),
    '400 InvalidAttributeValue: Invalid value for the parameter DelaySeconds.',
  ],
  [
    'CreateQueue',
    make({ DelaySeconds: '901' }),
    '400 InvalidAttributeValue: Invalid value for the parameter DelaySeconds.',
  ],
  [
    'CreateQueue',
    make({ ReceiveMessageWaitTimeSeconds: '-1' }),
    '400 InvalidAttributeValue: Invalid value for the parameter ReceiveMessageWaitTimeSeconds.',
  ],
  [
    'CreateQueue',
    make({ ReceiveMessageWaitTimeSeconds: '21' }),
    '400 InvalidAttributeValue: Invalid value for the parameter ReceiveMessageWaitTimeSeconds.',
  ],
  [
    'CreateQueue',
    make({ KmsDataKeyReusePeriodSeconds: '59' }),
    '400 InvalidAttributeValue: Invalid value for the parameter KmsDataKeyReusePeriodSeconds.',
  ],
  [
    'CreateQueue',
    make({ KmsDataKeyReusePeriodSeconds: '86401' }),
    '400 InvalidAttributeValue: Invalid value for the parameter KmsDataKeyReusePeriodSeconds.',
  ],
  [
    'CreateQueue',
    make({ SqsManagedSseEnabled: 'maybe' }),
    '400 InvalidAttributeValue: Invalid value for the parameter SqsManagedSseEnabled.',
  ],
  [
    'CreateQueue',
    make({ FifoQueue: 'false' }),
    '400 InvalidAttributeName: Unknown Attribute FifoQueue.',
  ],
  [
    'CreateQueue',
    make({ ContentBasedDeduplication: 'true' }),
    '400 InvalidAttributeName: Unknown Attribute ContentBasedDeduplication.',
  ],
  [
    'CreateQueue',
    make({ ContentBasedDeduplication: 'maybe', FifoQueue: 'true' }, 'made.fifo'),
    '400 InvalidAttributeValue: Invalid value for the parameter ContentBasedDeduplication.',
  ],
  [
    'CreateQueue',
    make({ DeduplicationScope: 'QUEUE', FifoQueue: 'true' }, 'made.fifo'),
    '400 InvalidAttributeValue: Invalid value for the parameter DeduplicationScope.',
  ],
  [
    'CreateQueue',
    make({ FifoThroughputLimit: 'none', FifoQueue: 'true' }, 'made.fifo'),
    '400 InvalidAttributeValue: Invalid value for the parameter FifoThroughputLimit.',
  ],
  [
    'CreateQueue',
    make({ FifoThroughputLimit: 'perMessageGroupId', FifoQueue: 'true' }, 'made.fifo'),
    '400 InvalidParameterValue: Value perMessageGroupId for parameter FifoThroughputLimit is invalid. Reason: perMessageGroupId is only allowed when DeduplicationScope is messageGroup.',
  ],
  ['CreateQueue', make({ toString: 'a' }), '400 InvalidAttributeName: Unknown Attribute toString.'],
  ['CreateQueue', make({ QueueArn: 'a' }), '400 InvalidAttributeName: Unknown Attribute QueueArn.'],
  [
    'CreateQueue',
    allow([]),
    '400 InvalidParameterValue: Value [] for parameter RedriveAllowPolicy is invalid. Reason: Redrive allow policy is not a valid JSON map.',
  ],
  [
    'CreateQueue',
    make({ RedriveAllowPolicy: '{' }),
    '400 InvalidParameterValue: Value { for parameter RedriveAllowPolicy is invalid. Reason: Redrive allow policy is not a valid JSON map.',
  ],
  [
    'CreateQueue',
    make({ RedriveAllowPolicy: 'null' }),
    '400 InvalidParameterValue: Value null for parameter RedriveAllowPolicy is invalid. Reason: Redrive allow policy is not a valid JSON map.',
  ],
  [
    'CreateQueue',
    allow({ redrivePermission: 'allowAll', other: 1 }),
    '400 InvalidParameterValue: Value {"redrivePermission":"allowAll","other":1} for parameter RedriveAllowPolicy is invalid. Reason: Only following attributes are supported: [redrivePermission, sourceQueueArns].',
  ],
  [
    'CreateQueue',
    allow({ redrivePermission: 'some' }),
    '400 InvalidParameterValue: Value {"redrivePermission":"some"} for parameter RedriveAllowPolicy is invalid. Reason: Amazon SQS can\'t create the redrive allow policy, as it\'s in an unsupported format.',
  ],
  [
    'CreateQueue',
    allow({ redrivePermission: 'denyAll', sourceQueueArns: [] }),
    '400 InvalidParameterValue: Value {"redrivePermission":"denyAll","sourceQueueArns":[]} for parameter RedriveAllowPolicy is invalid. Reason: sourceQueueArns can be specified only when redrivePermission is byQueue.',
  ],
  [
    'CreateQueue',
    allow({ redrivePermission: 'byQueue', sourceQueueArns: Array(11).fill(`${ARN}a`) }),
    '400 InvalidParameterValue: Value {"redrivePermission":"byQueue","sourceQueueArns":["arn:aws:sqs:us-east-1:111122223333:a","arn:aws:sqs:us-east-1:111122223333:a","arn:aws:sqs:us-east-1:111122223333:a","arn:aws:sqs:us-east-1:111122223333:a","arn:aws:sqs:us-east-1:111122223333:a","arn:aws:sqs:us-east-1:111122223333:a","arn:aws:sqs:us-east-1:111122223333:a","arn:aws:sqs:us-east-1:111122223333:a","arn:aws:sqs:us-east-1:111122223333:a","arn:aws:sqs:us-east-1:111122223333:a","arn:aws:sqs:us-east-1:111122223333:a"]} for parameter RedriveAllowPolicy is invalid. Reason: sourceQueueArns must list 1 to 10 queue ARNs.',
  ],
  [
    'CreateQueue',
    allow({
      redrivePermission: 'byQueue',
      sourceQueueArns: ['arn:aws:sns:us-east-1:111122223333:a'],
    }),
    '400 InvalidParameterValue: Value {"redrivePermission":"byQueue","sourceQueueArns":["arn:aws:sns:us-east-1:111122223333:a"]} for parameter RedriveAllowPolicy is invalid. Reason: sourceQueueArns must list 1 to 10 queue ARNs.',
  ],
  [
    'CreateQueue',
    make({ RedrivePolicy: '[]' }),
    '400 InvalidParameterValue: Value [] for parameter RedrivePolicy is invalid. Reason: Redrive policy is not a valid JSON map.',
  ],
  [
    'CreateQueue',
    make({ RedrivePolicy: '"text"' }),
    '400 InvalidParameterValue: Value "text" for parameter RedrivePolicy is invalid. Reason: Redrive policy is not a valid JSON map.',
  ],
  [
    'CreateQueue',
    redrive({ maxReceiveCount: 1 }),
    '400 InvalidParameterValue: Value {"maxReceiveCount":1} for parameter RedrivePolicy is invalid. Reason: Redrive policy does not contain mandatory attribute: deadLetterTargetArn.',
  ],
  [
    'CreateQueue',
    redrive({ deadLetterTargetArn: `${ARN}dead` }),
    '400 InvalidParameterValue: Value {"deadLetterTargetArn":"arn:aws:sqs:us-east-1:111122223333:dead"} for parameter RedrivePolicy is invalid. Reason: Redrive policy does not contain mandatory attribute: maxReceiveCount.',
  ],
  [
    'CreateQueue',
    redrive({ deadLetterTargetArn: `${ARN}dead`, maxReceiveCount: 1, other: 1 }),
    '400 InvalidParameterValue: Value {"deadLetterTargetArn":"arn:aws:sqs:us-east-1:111122223333:dead","maxReceiveCount":1,"other":1} for parameter RedrivePolicy is invalid. Reason: Only following attributes are supported: [deadLetterTargetArn, maxReceiveCount].',
  ],
  [
    'CreateQueue',
    redrive({ deadLetterTargetArn: `${ARN}dead`, maxReceiveCount: 0 }),
    '400 InvalidParameterValue: Value {"deadLetterTargetArn":"arn:aws:sqs:us-east-1:111122223333:dead","maxReceiveCount":0} for parameter RedrivePolicy is invalid. Reason: Invalid value for maxReceiveCount: 0, valid values are from 1 to 1000 both inclusive.',
  ],
  [
    'CreateQueue',
    redrive({ deadLetterTargetArn: `${ARN}dead`, maxReceiveCount: 1001 }),
    '400 InvalidParameterValue: Value {"deadLetterTargetArn":"arn:aws:sqs:us-east-1:111122223333:dead","maxReceiveCount":1001} for parameter RedrivePolicy is invalid. Reason: Invalid value for maxReceiveCount: 1001, valid values are from 1 to 1000 both inclusive.',
  ],
  [
    'CreateQueue',
    redrive({ deadLetterTargetArn: `${ARN}dead`, maxReceiveCount: 1.5 }),
    '400 InvalidParameterValue: Value {"deadLetterTargetArn":"arn:aws:sqs:us-east-1:111122223333:dead","maxReceiveCount":1.5} for parameter RedrivePolicy is invalid. Reason: Invalid value for maxReceiveCount: 1.5, valid values are from 1 to 1000 both inclusive.',
  ],
  [
    'CreateQueue',
    redrive({ deadLetterTargetArn: `${ARN}dead`, maxReceiveCount: '1e1' }),
    '400 InvalidParameterValue: Value {"deadLetterTargetArn":"arn:aws:sqs:us-east-1:111122223333:dead","maxReceiveCount":"1e1"} for parameter RedrivePolicy is invalid. Reason: Invalid value for maxReceiveCount: 1e1, valid values are from 1 to 1000 both inclusive.',
  ],
  [
    'CreateQueue',
    redrive({ deadLetterTargetArn: `${ARN}dead`, maxReceiveCount: true }),
    '400 InvalidParameterValue: Value {"deadLetterTargetArn":"arn:aws:sqs:us-east-1:111122223333:dead","maxReceiveCount":true} for parameter RedrivePolicy is invalid. Reason: Invalid value for maxReceiveCount: true, valid values are from 1 to 1000 both inclusive.',
  ],
  [
    'CreateQueue',
    redrive({ deadLetterTargetArn: 'dead', maxReceiveCount: 1 }),
    '400 InvalidParameterValue: Value {"deadLetterTargetArn":"dead","maxReceiveCount":1} for parameter RedrivePolicy is invalid. Reason: Invalid value for deadLetterTargetArn.',
  ],
  [
    'CreateQueue',
    redrive({ deadLetterTargetArn: 7, maxReceiveCount: 1 }),
    '400 InvalidParameterValue: Value {"deadLetterTargetArn":7,"maxReceiveCount":1} for parameter RedrivePolicy is invalid. Reason: Invalid value for deadLetterTargetArn.',
  ],
  [
    'CreateQueue',
    redrive({ deadLetterTargetArn: `${ARN}nowhere`, maxReceiveCount: 1 }),
    '400 InvalidParameterValue: Value {"deadLetterTargetArn":"arn:aws:sqs:us-east-1:111122223333:nowhere","maxReceiveCount":1} for parameter RedrivePolicy is invalid. Reason: Dead letter target does not exist.',
  ],
  [
    'CreateQueue',
    redrive({ deadLetterTargetArn: `${ARN}fifo.fifo`, maxReceiveCount: 1 }),
    '400 InvalidParameterValue: Value {"deadLetterTargetArn":"arn:aws:sqs:us-east-1:111122223333:fifo.fifo","maxReceiveCount":1} for parameter RedrivePolicy is invalid. Reason: Dead-letter queue must be same type of queue as the source.',
  ],
  [
    'CreateQueue',
    redrive({ deadLetterTargetArn: 'arn:aws:sqs:us-west-2:111122223333:dead', maxReceiveCount: 1 }),
    '400 InvalidParameterValue: Value {"deadLetterTargetArn":"arn:aws:sqs:us-west-2:111122223333:dead","maxReceiveCount":1} for parameter RedrivePolicy is invalid. Reason: Dead letter target does not exist.',
  ],
  [
    'CreateQueue',
    redrive({ deadLetterTargetArn: 'arn:aws:sqs:us-east-1:444455556666:dead', maxReceiveCount: 1 }),
    '400 InvalidParameterValue: Value {"deadLetterTargetArn":"arn:aws:sqs:us-east-1:444455556666:dead","maxReceiveCount":1} for parameter RedrivePolicy is invalid. Reason: Dead letter target does not exist.',
  ],
  [
    'CreateQueue',
    make({ Policy: '{' }),
    '400 InvalidAttributeValue: Invalid value for the parameter Policy.',
  ],
  [
    'CreateQueue',
    make({}, ''),
    '400 InvalidParameterValue: Can only include alphanumeric characters, hyphens, or underscores. 1 to 80 in length',
  ],
  [
    'CreateQueue',
    make({}, 'a'.repeat(81)),
    '400 InvalidParameterValue: Can only include alphanumeric characters, hyphens, or underscores. 1 to 80 in length',
  ],
  [
    'CreateQueue',
    make({}, 'a.b'),
    '400 InvalidParameterValue: Can only include alphanumeric characters, hyphens, or underscores. 1 to 80 in length',
  ],
  [
    'CreateQueue',
    make({}, 'a.fifo'),
    '400 InvalidParameterValue: Can only include alphanumeric characters, hyphens, or underscores. 1 to 80 in length',
  ],
  [
    'CreateQueue',
    make({ FifoQueue: 'true' }, 'a'),
    '400 InvalidParameterValue: The name of a FIFO queue can only include alphanumeric characters, hyphens, or underscores, must end with .fifo suffix and be 1 to 80 in length.',
  ],
  [
    'CreateQueue',
    make({ FifoQueue: 'true' }, '.fifo'),
    '400 InvalidParameterValue: The name of a FIFO queue can only include alphanumeric characters, hyphens, or underscores, must end with .fifo suffix and be 1 to 80 in length.',
  ],
  [
    'CreateQueue',
    make({ FifoQueue: 'true' }, `${'a'.repeat(76)}.fifo`),
    '400 InvalidParameterValue: The name of a FIFO queue can only include alphanumeric characters, hyphens, or underscores, must end with .fifo suffix and be 1 to 80 in length.',
  ],
  [
    'CreateQueue',
    make({ DelaySeconds: '1' }, QueueUrl),
    '400 QueueNameExists: A queue already exists with the same name and a different value for attribute DelaySeconds',
  ],
  [
    'SetQueueAttributes',
    { QueueUrl },
    '400 MissingParameter: The request must contain the parameter Attribute.Name.',
  ],
  [
    'SetQueueAttributes',
    { QueueUrl, Attributes: {} },
    '400 MissingParameter: The request must contain the parameter Attribute.Name.',
  ],
  [
    'SetQueueAttributes',
    { QueueUrl: 'fifo.fifo', Attributes: { FifoQueue: 'FALSE' } },
    '400 InvalidAttributeValue: Invalid value for the parameter FifoQueue. Reason: Modifying queue type is not supported.',
  ],
  [
    'SetQueueAttributes',
    {
      QueueUrl,
      Attributes: {
        RedrivePolicy: JSON.stringify({
          deadLetterTargetArn: `${ARN}standard`,
          maxReceiveCount: 1,
        }),
      },
    },
    {},
  ],
  [
    'GetQueueAttributes',
    { QueueUrl, AttributeNames: ['Any'] },
    '400 InvalidAttributeName: Unknown Attribute Any.',
  ],
  [
    'GetQueueAttributes',
    { QueueUrl, AttributeNames: ['hasOwnProperty'] },
    '400 InvalidAttributeName: Unknown Attribute hasOwnProperty.',
  ],
  ['GetQueueAttributes', { QueueUrl, AttributeNames: [] }, {}],
  [
    'GetQueueAttributes',
    {
      QueueUrl,
      AttributeNames: [
        'RedriveAllowPolicy',
        'Policy',
        'KmsMasterKeyId',
        'KmsDataKeyReusePeriodSeconds',
        'FifoQueue',
      ],
    },
    {},
  ],
  [
    'GetQueueAttributes',
    {
      QueueUrl: 'fifo.fifo',
      AttributeNames: [
        'FifoQueue',
        'DeduplicationScope',
        'FifoThroughputLimit',
        'ContentBasedDeduplication',
      ],
    },
    {
      Attributes: {
        FifoQueue: 'true',
        DeduplicationScope: 'queue',
        FifoThroughputLimit: 'perQueue',
        ContentBasedDeduplication: 'false',
      },
    },
  ],
  [
    'GetQueueAttributes',
    {
      QueueUrl,
      AttributeNames: [
        'RedrivePolicy',
        'QueueArn',
        'ApproximateNumberOfMessages',
        'ApproximateNumberOfMessagesDelayed',
        'ApproximateNumberOfMessagesNotVisible',
        'SqsManagedSseEnabled',
        'VisibilityTimeout',
        'MaximumMessageSize',
        'MessageRetentionPeriod',
        'DelaySeconds',
        'ReceiveMessageWaitTimeSeconds',
      ],
    },
    {
      Attributes: {
        RedrivePolicy:
          '{"deadLetterTargetArn":"arn:aws:sqs:us-east-1:111122223333:standard","maxReceiveCount":1}',
        QueueArn: 'arn:aws:sqs:us-east-1:111122223333:standard',
        ApproximateNumberOfMessages: '0',
        ApproximateNumberOfMessagesDelayed: '0',
        ApproximateNumberOfMessagesNotVisible: '0',
        SqsManagedSseEnabled: 'true',
        VisibilityTimeout: '30',
        MaximumMessageSize: '1048576',
        MessageRetentionPeriod: '345600',
        DelaySeconds: '0',
        ReceiveMessageWaitTimeSeconds: '0',
      },
    },
  ],
  [
    'GetQueueAttributes',
    { QueueUrl: '' },
    '404 InvalidAddress: The address  is not valid for this endpoint.',
  ],
  [
    'GetQueueAttributes',
    { QueueUrl: 'nowhere' },
    '400 QueueDoesNotExist: The specified queue does not exist.',
  ],
  [
    'GetQueueAttributes',
    { QueueUrl: '/' },
    '404 InvalidAddress: The address / is not valid for this endpoint.',
  ],
  [
    'GetQueueUrl',
    { QueueName: 'nowhere' },
    '400 QueueDoesNotExist: The specified queue does not exist.',
  ],
  [
    'GetQueueUrl',
    { QueueName: 'standard', QueueOwnerAWSAccountId: '444455556666' },
    '400 QueueDoesNotExist: The specified queue does not exist.',
  ],
];

it('attributes and names that are out of bounds are refused, with the reason', async () => {
  for (const QueueName of [QueueUrl, 'dead']) {
    await engine.sqs.send(new commands.CreateQueueCommand({ QueueName }));
  }
  await engine.sqs.send(
    new commands.CreateQueueCommand({ QueueName: 'fifo.fifo', Attributes: { FifoQueue: 'true' } }),
  );
  await ask(refusedAttributes);
});

it('takes the least and the most of each', async () => {
  const least = {
    VisibilityTimeout: '0',
    MaximumMessageSize: '1024',
    MessageRetentionPeriod: '60',
    DelaySeconds: '0',
    ReceiveMessageWaitTimeSeconds: '0',
    KmsMasterKeyId: 'alias/aws/sqs',
    KmsDataKeyReusePeriodSeconds: '60',
    RedrivePolicy: JSON.stringify({ deadLetterTargetArn: `${ARN}dead`, maxReceiveCount: 1 }),
  };
  const most = {
    VisibilityTimeout: '43200',
    MaximumMessageSize: '1048576',
    MessageRetentionPeriod: '1209600',
    DelaySeconds: '900',
    ReceiveMessageWaitTimeSeconds: '20',
    KmsMasterKeyId: 'alias/aws/sqs',
    KmsDataKeyReusePeriodSeconds: '86400',
    RedriveAllowPolicy: JSON.stringify({
      redrivePermission: 'byQueue',
      sourceQueueArns: Array(10).fill(`${ARN}a`),
    }),
    RedrivePolicy: JSON.stringify({ deadLetterTargetArn: `${ARN}dead`, maxReceiveCount: 1000 }),
  };
  for (const [QueueName, Attributes] of Object.entries({ least, ['m'.repeat(80)]: most })) {
    await engine.sqs.send(new commands.CreateQueueCommand({ QueueName, Attributes }));
    const asked = { QueueUrl: QueueName, AttributeNames: Object.keys(Attributes) as 'All'[] };
    const found = await engine.sqs.send(new commands.GetQueueAttributesCommand(asked));
    expect(found.Attributes).toEqual(Attributes);
  }
});
