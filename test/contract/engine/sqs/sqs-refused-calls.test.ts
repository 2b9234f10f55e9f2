import * as commands from '@aws-sdk/client-sqs';
import { it } from 'vitest';
import { type Answer, expectAnswers } from '../../../fixtures/answers.ts';
import { useSqsEngine } from '../../../fixtures/sqs-engine.ts';

const engine = useSqsEngine();
const ask = (calls: readonly Answer[]) => expectAnswers({ client: engine.sqs, commands }, calls);

const ARN = 'arn:aws:sqs:us-east-1:111122223333:';
const QueueUrl = 'standard';
const tags = (length: number) =>
  Object.fromEntries(Array.from({ length }, (_, at) => [`k${at}`, '']));
const label = { Label: 'label', AWSAccountIds: ['210987654321'], Actions: ['SendMessage'] };
const refusedCalls: Answer[] = [
  ['TagQueue', { QueueUrl }, '400 MissingParameter: The request must contain the parameter Tags.'],
  [
    'TagQueue',
    { QueueUrl, Tags: { '': 'a' } },
    '400 InvalidParameterValue: Tag keys must be between 1 and 128 characters in length.',
  ],
  [
    'TagQueue',
    { QueueUrl, Tags: { ['k'.repeat(129)]: 'a' } },
    '400 InvalidParameterValue: Tag keys must be between 1 and 128 characters in length.',
  ],
  [
    'TagQueue',
    { QueueUrl, Tags: { k: 'v'.repeat(257) } },
    '400 InvalidParameterValue: Tag values must be between 0 and 256 characters in length.',
  ],
  [
    'TagQueue',
    { QueueUrl, Tags: { 'AWS:k': 'v' } },
    "400 InvalidParameterValue: Tag keys must not start with 'aws:'.",
  ],
  [
    'TagQueue',
    { QueueUrl, Tags: { 'k*': 'v' } },
    '400 InvalidParameterValue: Tag keys and values can contain letters, digits, whitespace and _ . : / = + - @',
  ],
  [
    'TagQueue',
    { QueueUrl, Tags: { k: 'v*' } },
    '400 InvalidParameterValue: Tag keys and values can contain letters, digits, whitespace and _ . : / = + - @',
  ],
  [
    'TagQueue',
    { QueueUrl, Tags: tags(51) },
    '400 InvalidParameterValue: A queue can have up to 50 tags.',
  ],
  ['ListQueueTags', { QueueUrl }, {}],
  ['TagQueue', { QueueUrl, Tags: { ...tags(48), ['k'.repeat(128)]: 'v'.repeat(256), é: '' } }, {}],
  [
    'TagQueue',
    { QueueUrl, Tags: { other: '' } },
    '400 InvalidParameterValue: A queue can have up to 50 tags.',
  ],
  ['TagQueue', { QueueUrl, Tags: { k0: 'again' } }, {}],
  [
    'UntagQueue',
    { QueueUrl },
    '400 MissingParameter: The request must contain the parameter TagKeys.',
  ],
  ['UntagQueue', { QueueUrl, TagKeys: ['none', ...Object.keys(tags(48)), 'k'.repeat(128)] }, {}],
  ['ListQueueTags', { QueueUrl }, { Tags: { é: '' } }],
  [
    'ListQueues',
    { MaxResults: 0 },
    '400 InvalidParameterValue: Value 0 for parameter MaxResults is invalid. Reason: Must be between 1 and 1000, if provided.',
  ],
  [
    'ListQueues',
    { MaxResults: 1001 },
    '400 InvalidParameterValue: Value 1001 for parameter MaxResults is invalid. Reason: Must be between 1 and 1000, if provided.',
  ],
  [
    'ListQueues',
    { MaxResults: 1, NextToken: 'any' },
    '400 InvalidParameterValue: Invalid or expired next token.',
  ],
  [
    'ListQueues',
    { NextToken: 'any' },
    '400 InvalidParameterValue: MaxResults is a mandatory parameter when you provide a value for NextToken.',
  ],
  ['ListQueues', { QueueNamePrefix: 'none' }, {}],
  ['ListDeadLetterSourceQueues', { QueueUrl }, {}],
  [
    'ListDeadLetterSourceQueues',
    { QueueUrl: 'dead', MaxResults: 1001 },
    '400 InvalidParameterValue: Value 1001 for parameter MaxResults is invalid. Reason: Must be between 1 and 1000, if provided.',
  ],
  [
    'AddPermission',
    { ...label, QueueUrl, Label: '' },
    '400 MissingParameter: The request must contain the parameter Label.',
  ],
  [
    'AddPermission',
    { ...label, QueueUrl, Label: undefined },
    '400 MissingParameter: The request must contain the parameter Label.',
  ],
  [
    'AddPermission',
    { ...label, QueueUrl, Label: 'a b' },
    '400 InvalidParameterValue: Value a b for parameter Label is invalid. Reason: Can only include alphanumeric characters, hyphens, or underscores. 1 to 80 in length.',
  ],
  [
    'AddPermission',
    { ...label, QueueUrl, Label: 'a'.repeat(81) },
    '400 InvalidParameterValue: Value aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa for parameter Label is invalid. Reason: Can only include alphanumeric characters, hyphens, or underscores. 1 to 80 in length.',
  ],
  [
    'AddPermission',
    { ...label, QueueUrl, AWSAccountIds: [] },
    '400 MissingParameter: The request must contain the parameter AWSAccountIds.',
  ],
  [
    'AddPermission',
    { ...label, QueueUrl, AWSAccountIds: ['1', '2'] },
    '400 InvalidParameterValue: Value [1, 2] for parameter PrincipalId is invalid. Reason: Unable to verify.',
  ],
  [
    'AddPermission',
    { ...label, QueueUrl, Actions: undefined },
    '400 MissingParameter: The request must contain the parameter Actions.',
  ],
  [
    'AddPermission',
    { ...label, QueueUrl, Actions: ['Any'] },
    '400 InvalidParameterValue: Value SQS:Any for parameter ActionName is invalid. Reason: Please refer to the appropriate WSDL for a list of valid actions.',
  ],
  ...[
    ...['AddPermission', 'CancelMessageMoveTask', 'CreateQueue', 'DeleteQueue'],
    ...['ListMessageMoveTasks', 'ListQueueTags', 'ListQueues', 'RemovePermission'],
    ...['SetQueueAttributes', 'StartMessageMoveTask', 'TagQueue', 'UntagQueue'],
  ].map(
    (action): Answer => [
      'AddPermission',
      { ...label, QueueUrl, Actions: [action] },
      `400 InvalidParameterValue: Value SQS:${action} for parameter ActionName is invalid. Reason: Only the queue owner is allowed to invoke this action.`,
    ],
  ),
  [
    'AddPermission',
    { ...label, QueueUrl, Actions: Array(8).fill('SendMessage') },
    '403 OverLimit: 8 Actions were found, maximum allowed is 7.',
  ],
  ...[
    ...['*', 'ChangeMessageVisibility', 'DeleteMessage', 'GetQueueAttributes', 'GetQueueUrl'],
    ...['ListDeadLetterSourceQueues', 'PurgeQueue', 'ReceiveMessage', 'SendMessage'],
  ].map(
    (action, at): Answer => [
      'AddPermission',
      { ...label, QueueUrl, Label: `label${at}`, Actions: [action] },
      {},
    ],
  ),
  [
    'AddPermission',
    { ...label, QueueUrl, Label: 'label0' },
    '400 InvalidParameterValue: Value label0 for parameter Label is invalid. Reason: Already exists.',
  ],
  [
    'RemovePermission',
    { QueueUrl, Label: '' },
    '400 MissingParameter: The request must contain the parameter Label.',
  ],
  [
    'RemovePermission',
    { QueueUrl, Label: 'none' },
    "400 InvalidParameterValue: Value none for parameter Label is invalid. Reason: can't find label on existing policy.",
  ],
  [
    'StartMessageMoveTask',
    {},
    '400 MissingParameter: The request must contain the parameter SourceArn.',
  ],
  [
    'StartMessageMoveTask',
    { SourceArn: 'dead' },
    '400 InvalidParameterValue: You must use this format to specify the SourceArn: arn:<partition>:<service>:<region>:<account-id>:<resource-id>',
  ],
  [
    'StartMessageMoveTask',
    { SourceArn: `${ARN}nowhere` },
    "404 ResourceNotFoundException: The resource that you specified for the SourceArn parameter doesn't exist.",
  ],
  [
    'StartMessageMoveTask',
    { SourceArn: 'arn:aws:sqs:us-west-2:111122223333:dead' },
    "404 ResourceNotFoundException: The resource that you specified for the SourceArn parameter doesn't exist.",
  ],
  [
    'StartMessageMoveTask',
    { SourceArn: `${ARN}standard` },
    '400 InvalidParameterValue: Source queue must be configured as a Dead Letter Queue.',
  ],
  [
    'StartMessageMoveTask',
    { SourceArn: `${ARN}dead`, DestinationArn: `${ARN}dead` },
    '400 InvalidParameterValue: Source queue arn and destination queue arn must not be the same.',
  ],
  [
    'StartMessageMoveTask',
    { SourceArn: `${ARN}dead`, DestinationArn: `${ARN}fifo.fifo` },
    '400 InvalidParameterValue: Source queue and destination queue must be of the same type.',
  ],
  [
    'StartMessageMoveTask',
    { SourceArn: `${ARN}dead`, DestinationArn: `${ARN}nowhere` },
    "404 ResourceNotFoundException: The resource that you specified for the DestinationArn parameter doesn't exist.",
  ],
  [
    'StartMessageMoveTask',
    { SourceArn: `${ARN}dead`, MaxNumberOfMessagesPerSecond: 0 },
    '400 InvalidParameterValue: Value 0 for parameter MaxNumberOfMessagesPerSecond is invalid. Reason: You must enter a value that is between 1 and 500.',
  ],
  [
    'StartMessageMoveTask',
    { SourceArn: `${ARN}dead`, MaxNumberOfMessagesPerSecond: 501 },
    '400 InvalidParameterValue: Value 501 for parameter MaxNumberOfMessagesPerSecond is invalid. Reason: You must enter a value that is between 1 and 500.',
  ],
  ['ListMessageMoveTasks', { SourceArn: `${ARN}dead` }, {}],
  [
    'ListMessageMoveTasks',
    { SourceArn: `${ARN}dead`, MaxResults: 0 },
    '400 InvalidParameterValue: Value 0 for parameter MaxResults is invalid. Reason: You must enter a value that is between 1 and 10.',
  ],
  ['ListMessageMoveTasks', { SourceArn: `${ARN}dead`, MaxResults: 10 }, {}],
  [
    'ListMessageMoveTasks',
    { SourceArn: `${ARN}dead`, MaxResults: 11 },
    '400 InvalidParameterValue: Value 11 for parameter MaxResults is invalid. Reason: You must enter a value that is between 1 and 10.',
  ],
  [
    'CancelMessageMoveTask',
    { TaskHandle: 'any' },
    '400 InvalidParameterValue: Value for parameter TaskHandle is invalid.',
  ],
  [
    'CancelMessageMoveTask',
    {},
    '400 MissingParameter: The request must contain the parameter TaskHandle.',
  ],
];

it('tags, pages, permissions and moves that are out of bounds are refused, with the reason', async () => {
  for (const QueueName of [QueueUrl, 'dead']) {
    await engine.sqs.send(new commands.CreateQueueCommand({ QueueName }));
  }
  await engine.sqs.send(
    new commands.CreateQueueCommand({ QueueName: 'fifo.fifo', Attributes: { FifoQueue: 'true' } }),
  );
  const RedrivePolicy = JSON.stringify({ deadLetterTargetArn: `${ARN}dead`, maxReceiveCount: '1' });
  await engine.sqs.send(
    new commands.CreateQueueCommand({ QueueName: 'source', Attributes: { RedrivePolicy } }),
  );
  await ask(refusedCalls);
});
