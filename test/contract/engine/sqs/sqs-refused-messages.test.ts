import * as commands from '@aws-sdk/client-sqs';
import { it } from 'vitest';
import { type Answer, expectAnswers } from '../../../fixtures/answers.ts';
import { useSqsEngine } from '../../../fixtures/sqs-engine.ts';

const engine = useSqsEngine();
const ask = (calls: readonly Answer[]) => expectAnswers({ client: engine.sqs, commands }, calls);

const QueueUrl = 'standard';
const entry = { Id: 'a', MessageBody: 'b' };
const entries = (...Entries: object[]) => ({ QueueUrl, Entries });
const attribute = (value: object, name = 'name') => ({
  QueueUrl,
  MessageBody: 'b',
  MessageAttributes: { [name]: value },
});
const text = { DataType: 'String', StringValue: 'v' };
const system = (AWSTraceHeader: object) => ({
  QueueUrl,
  MessageBody: 'b',
  MessageSystemAttributes: { AWSTraceHeader },
});
const number = (StringValue: string) => attribute({ DataType: 'Number', StringValue });
const fifo = { QueueUrl: 'fifo.fifo', MessageBody: 'b' };
const refusedMessages: Answer[] = [
  [
    'SendMessage',
    { QueueUrl, MessageBody: '' },
    '400 MissingParameter: The request must contain the parameter MessageBody.',
  ],
  [
    'SendMessage',
    { QueueUrl, MessageBody: '\u0001' },
    "400 InvalidMessageContents: Invalid binary character '#x1' was found in the message body, the set of allowed characters is #x9 | #xA | #xD | [#x20-#xD7FF] | [#xE000-#xFFFD] | [#x10000-#x10FFFF].",
  ],
  [
    'SendMessage',
    { QueueUrl, MessageBody: 'a\u{1F600}\uFFFE' },
    "400 InvalidMessageContents: Invalid binary character '#xFFFE' was found in the message body, the set of allowed characters is #x9 | #xA | #xD | [#x20-#xD7FF] | [#xE000-#xFFFD] | [#x10000-#x10FFFF].",
  ],
  [
    'SendMessage',
    { QueueUrl, MessageBody: 'b', DelaySeconds: -1 },
    '400 InvalidParameterValue: Value -1 for parameter DelaySeconds is invalid. Reason: DelaySeconds must be >= 0 and <= 900.',
  ],
  [
    'SendMessage',
    { QueueUrl, MessageBody: 'b', DelaySeconds: 901 },
    '400 InvalidParameterValue: Value 901 for parameter DelaySeconds is invalid. Reason: DelaySeconds must be >= 0 and <= 900.',
  ],
  [
    'SendMessage',
    { QueueUrl, MessageBody: 'b', MessageDeduplicationId: 'a' },
    '400 InvalidParameterValue: Value a for parameter MessageDeduplicationId is invalid. Reason: The request include parameter that is not valid for this queue type.',
  ],
  [
    'SendMessage',
    { QueueUrl, MessageBody: 'b', MessageGroupId: 'a b' },
    '400 InvalidParameterValue: Value a b for parameter MessageGroupId is invalid. Reason: MessageGroupId can only include alphanumeric and punctuation characters. 1 to 128 in length.',
  ],
  [
    'SendMessage',
    { QueueUrl, MessageBody: 'b', MessageGroupId: 'a'.repeat(129) },
    '400 InvalidParameterValue: Value aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa for parameter MessageGroupId is invalid. Reason: MessageGroupId can only include alphanumeric and punctuation characters. 1 to 128 in length.',
  ],
  [
    'SendMessage',
    fifo,
    '400 MissingParameter: The request must contain the parameter MessageGroupId.',
  ],
  [
    'SendMessage',
    { ...fifo, MessageGroupId: 'g' },
    '400 InvalidParameterValue: The queue should either have ContentBasedDeduplication enabled or MessageDeduplicationId provided explicitly',
  ],
  [
    'SendMessage',
    { ...fifo, MessageGroupId: 'g', MessageDeduplicationId: '' },
    '400 InvalidParameterValue: Value  for parameter MessageDeduplicationId is invalid. Reason: MessageDeduplicationId can only include alphanumeric and punctuation characters. 1 to 128 in length.',
  ],
  [
    'SendMessage',
    { ...fifo, MessageGroupId: 'g', MessageDeduplicationId: 'd'.repeat(129) },
    '400 InvalidParameterValue: Value ddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddd for parameter MessageDeduplicationId is invalid. Reason: MessageDeduplicationId can only include alphanumeric and punctuation characters. 1 to 128 in length.',
  ],
  [
    'SendMessage',
    { ...fifo, MessageGroupId: 'g', MessageDeduplicationId: 'd', DelaySeconds: 1 },
    '400 InvalidParameterValue: Value 1 for parameter DelaySeconds is invalid. Reason: The request include parameter that is not valid for this queue type.',
  ],
  [
    'SendMessage',
    attribute(text, 'a'.repeat(257)),
    '400 InvalidParameterValue: Length of message attribute name must be less than 256 bytes.',
  ],
  [
    'SendMessage',
    attribute(text, 'AWS.a'),
    "400 InvalidParameterValue: You can't use message attribute names beginning with 'AWS.' or 'Amazon.' because these strings are reserved for internal use.",
  ],
  [
    'SendMessage',
    attribute(text, 'Amazon.a'),
    "400 InvalidParameterValue: You can't use message attribute names beginning with 'AWS.' or 'Amazon.' because these strings are reserved for internal use.",
  ],
  [
    'SendMessage',
    attribute(text, '.a'),
    "400 InvalidParameterValue: Invalid message attribute name '.a': a name can contain A-Z, a-z, 0-9, underscore (_), hyphen (-), and period (.), must not start or end with a period, and must not have successive periods.",
  ],
  [
    'SendMessage',
    attribute(text, 'a.'),
    "400 InvalidParameterValue: Invalid message attribute name 'a.': a name can contain A-Z, a-z, 0-9, underscore (_), hyphen (-), and period (.), must not start or end with a period, and must not have successive periods.",
  ],
  [
    'SendMessage',
    attribute(text, 'a..b'),
    "400 InvalidParameterValue: Invalid message attribute name 'a..b': a name can contain A-Z, a-z, 0-9, underscore (_), hyphen (-), and period (.), must not start or end with a period, and must not have successive periods.",
  ],
  [
    'SendMessage',
    attribute(text, 'a b'),
    "400 InvalidParameterValue: Invalid message attribute name 'a b': a name can contain A-Z, a-z, 0-9, underscore (_), hyphen (-), and period (.), must not start or end with a period, and must not have successive periods.",
  ],
  [
    'SendMessage',
    attribute({ StringValue: 'v' }),
    "400 InvalidParameterValue: The message (user) attribute 'name' must contain a non-empty message attribute type.",
  ],
  [
    'SendMessage',
    attribute({ ...text, DataType: '' }),
    "400 InvalidParameterValue: The message (user) attribute 'name' must contain a non-empty message attribute type.",
  ],
  [
    'SendMessage',
    attribute({ ...text, DataType: `String.${'a'.repeat(250)}` }),
    '400 InvalidParameterValue: Length of message attribute type must be less than 256 bytes.',
  ],
  [
    'SendMessage',
    attribute({ ...text, DataType: 'String.' }),
    "400 InvalidParameterValue: The type of message (user) attribute 'name' is invalid. You must use only the following supported type prefixes: Binary, Number, String.",
  ],
  [
    'SendMessage',
    attribute({ ...text, DataType: 'Text' }),
    "400 InvalidParameterValue: The type of message (user) attribute 'name' is invalid. You must use only the following supported type prefixes: Binary, Number, String.",
  ],
  [
    'SendMessage',
    attribute({ ...text, BinaryValue: Buffer.from('v') }),
    "400 InvalidParameterValue: The message (user) attribute 'name' has multiple values; it must have exactly one.",
  ],
  [
    'SendMessage',
    attribute({ DataType: 'String', StringValue: '' }),
    "400 InvalidParameterValue: Message (user) attribute 'name' must contain a non-empty value of type 'String'.",
  ],
  [
    'SendMessage',
    attribute({ DataType: 'Binary', StringValue: 'v' }),
    "400 InvalidParameterValue: Message (user) attribute 'name' must contain a non-empty value of type 'Binary'.",
  ],
  [
    'SendMessage',
    attribute({ DataType: 'String', BinaryValue: Buffer.from('v') }),
    "400 InvalidParameterValue: Message (user) attribute 'name' must contain a non-empty value of type 'String'.",
  ],
  [
    'SendMessage',
    attribute({ DataType: 'String', StringValue: '\u0008' }),
    "400 InvalidParameterValue: Invalid binary character '#x8' was found in the message (user) attribute 'name' value, the set of allowed characters is #x9 | #xA | #xD | [#x20-#xD7FF] | [#xE000-#xFFFD] | [#x10000-#x10FFFF].",
  ],
  [
    'SendMessage',
    attribute({ ...text, StringListValues: ['a'] }),
    '400 UnsupportedOperation: Message attribute list values in SendMessage operation are not supported.',
  ],
  [
    'SendMessage',
    attribute({ ...text, BinaryListValues: [Buffer.from('a')] }),
    '400 UnsupportedOperation: Message attribute list values in SendMessage operation are not supported.',
  ],
  ...['x', '1e127', '1e-129', `1${'2'.repeat(38)}`, '.', '1e', '0x1'].map(
    (value): Answer => [
      'SendMessage',
      number(value),
      "400 InvalidParameterValue: Can't cast the value of message (user) attribute 'name' to a number.",
    ],
  ),
  [
    'SendMessage',
    {
      QueueUrl,
      MessageBody: 'b',
      MessageAttributes: Object.fromEntries(
        Array.from({ length: 11 }, (_, at) => [`a${at}`, text]),
      ),
    },
    '400 InvalidParameterValue: Number of message attributes [11] exceeds the allowed maximum [10].',
  ],
  [
    'SendMessage',
    { QueueUrl, MessageBody: 'b', MessageSystemAttributes: { Other: text } },
    "400 InvalidParameterValue: Message system attribute name 'Other' is invalid. You must use only the following supported names: AWSTraceHeader.",
  ],
  [
    'SendMessage',
    system({ StringValue: 'v' }),
    '400 MissingParameter: The request must contain the parameter MessageSystemAttribute.DataType.',
  ],
  [
    'SendMessage',
    system({ DataType: 'Number', StringValue: '1' }),
    "400 InvalidParameterValue: The type of message (system) attribute 'AWSTraceHeader' is invalid. You must use only the following supported type prefixes: String.",
  ],
  [
    'SendMessage',
    system({ DataType: 'String' }),
    "400 InvalidParameterValue: Message (system) attribute 'AWSTraceHeader' must contain a non-empty value of type 'String'.",
  ],
  [
    'SendMessageBatch',
    entries(),
    '400 EmptyBatchRequest: There should be at least one SendMessageBatchRequestEntry in the request.',
  ],
  [
    'SendMessageBatch',
    entries(...Array.from({ length: 11 }, (_, at) => ({ ...entry, Id: `i${at}` }))),
    '400 TooManyEntriesInBatchRequest: Maximum number of entries per request are 10. You have sent 11.',
  ],
  ['SendMessageBatch', entries(entry, entry), '400 BatchEntryIdsNotDistinct: Id a repeated.'],
  [
    'SendMessageBatch',
    entries({ ...entry, Id: 'a b' }),
    '400 InvalidBatchEntryId: A batch entry id can only contain alphanumeric characters, hyphens and underscores. It can be at most 80 letters long.',
  ],
  [
    'SendMessageBatch',
    entries({ ...entry, Id: 'a'.repeat(81) }),
    '400 InvalidBatchEntryId: A batch entry id can only contain alphanumeric characters, hyphens and underscores. It can be at most 80 letters long.',
  ],
  [
    'SendMessageBatch',
    entries(
      { ...entry, DelaySeconds: 901 },
      { ...entry, Id: 'b', MessageBody: '\u0001' },
      { ...entry, Id: 'c', MessageAttributes: { a: { DataType: 'x', StringValue: 'v' } } },
    ),
    {
      Failed: [
        {
          Id: 'a',
          SenderFault: true,
          Code: 'InvalidParameterValue',
          Message: 'DelaySeconds must be >= 0 and <= 900',
        },
        {
          Id: 'b',
          SenderFault: true,
          Code: 'InvalidMessageContents',
          Message:
            "Invalid binary character '#x1' was found in the message body, the set of allowed characters is #x9 | #xA | #xD | [#x20-#xD7FF] | [#xE000-#xFFFD] | [#x10000-#x10FFFF].",
        },
        {
          Id: 'c',
          SenderFault: true,
          Code: 'InvalidParameterValue',
          Message:
            "The type of message (user) attribute 'a' is invalid. You must use only the following supported type prefixes: Binary, Number, String.",
        },
      ],
    },
  ],
  [
    'SendMessageBatch',
    { QueueUrl: 'fifo.fifo', Entries: [entry] },
    '400 InvalidParameterValue: The request must contain the parameter MessageGroupId.',
  ],
  [
    'SendMessageBatch',
    { QueueUrl: 'fifo.fifo', Entries: [{ ...entry, MessageGroupId: 'g' }] },
    '400 InvalidParameterValue: The queue should either have ContentBasedDeduplication enabled or MessageDeduplicationId provided explicitly',
  ],
  [
    'SendMessageBatch',
    entries(
      { ...entry, MessageBody: 'b'.repeat(600_000) },
      { ...entry, Id: 'b', MessageBody: 'b'.repeat(500_000) },
    ),
    '400 BatchRequestTooLong: Batch requests cannot be longer than 1048576 bytes. You have sent 1100000 bytes.',
  ],
  [
    'ReceiveMessage',
    { QueueUrl, MaxNumberOfMessages: 0 },
    '400 InvalidParameterValue: Value 0 for parameter MaxNumberOfMessages is invalid. Reason: Must be between 1 and 10, if provided.',
  ],
  [
    'ReceiveMessage',
    { QueueUrl, MaxNumberOfMessages: 11 },
    '400 InvalidParameterValue: Value 11 for parameter MaxNumberOfMessages is invalid. Reason: Must be between 1 and 10, if provided.',
  ],
  ['ReceiveMessage', { QueueUrl, MaxNumberOfMessages: 10, VisibilityTimeout: 43_200 }, {}],
  [
    'ReceiveMessage',
    { QueueUrl, VisibilityTimeout: -1 },
    '400 InvalidParameterValue: Value -1 for parameter VisibilityTimeout is invalid. Reason: Must be between 0 and 43200, if provided.',
  ],
  [
    'ReceiveMessage',
    { QueueUrl, VisibilityTimeout: 43_201 },
    '400 InvalidParameterValue: Value 43201 for parameter VisibilityTimeout is invalid. Reason: Must be between 0 and 43200, if provided.',
  ],
  [
    'ReceiveMessage',
    { QueueUrl, WaitTimeSeconds: -1 },
    '400 InvalidParameterValue: Value -1 for parameter WaitTimeSeconds is invalid. Reason: Must be >= 0 and <= 20, if provided.',
  ],
  [
    'ReceiveMessage',
    { QueueUrl, WaitTimeSeconds: 21 },
    '400 InvalidParameterValue: Value 21 for parameter WaitTimeSeconds is invalid. Reason: Must be >= 0 and <= 20, if provided.',
  ],
  [
    'ReceiveMessage',
    { QueueUrl, AttributeNames: ['Any'] },
    '400 InvalidAttributeName: Unknown Attribute Any.',
  ],
  [
    'ReceiveMessage',
    { QueueUrl, MessageSystemAttributeNames: ['valueOf'] },
    '400 InvalidAttributeName: Unknown Attribute valueOf.',
  ],
  ['ReceiveMessage', { QueueUrl, AttributeNames: ['VisibilityTimeout'] }, {}],
  [
    'ReceiveMessage',
    { QueueUrl: 'fifo.fifo', ReceiveRequestAttemptId: '' },
    '400 InvalidParameterValue: Value  for parameter ReceiveRequestAttemptId is invalid. Reason: ReceiveRequestAttemptId can only include alphanumeric and punctuation characters. 1 to 128 in length.',
  ],
  [
    'ReceiveMessage',
    { QueueUrl: 'fifo.fifo', ReceiveRequestAttemptId: 'a'.repeat(129) },
    '400 InvalidParameterValue: Value aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa for parameter ReceiveRequestAttemptId is invalid. Reason: ReceiveRequestAttemptId can only include alphanumeric and punctuation characters. 1 to 128 in length.',
  ],
  [
    'ChangeMessageVisibility',
    { QueueUrl, ReceiptHandle: 'any' },
    '400 MissingParameter: The request must contain the parameter VisibilityTimeout.',
  ],
  [
    'ChangeMessageVisibility',
    { QueueUrl, ReceiptHandle: 'any', VisibilityTimeout: -1 },
    '400 InvalidParameterValue: Value -1 for parameter VisibilityTimeout is invalid. Reason: VisibilityTimeout must be an integer between 0 and 43200.',
  ],
  [
    'ChangeMessageVisibility',
    { QueueUrl, ReceiptHandle: 'any', VisibilityTimeout: 43_201 },
    '400 InvalidParameterValue: Value 43201 for parameter VisibilityTimeout is invalid. Reason: VisibilityTimeout must be an integer between 0 and 43200.',
  ],
  [
    'ChangeMessageVisibility',
    { QueueUrl, ReceiptHandle: 'any', VisibilityTimeout: 43_200 },
    '404 ReceiptHandleIsInvalid: The input receipt handle "any" is not a valid receipt handle.',
  ],
  [
    'ChangeMessageVisibilityBatch',
    entries(),
    '400 EmptyBatchRequest: There should be at least one ChangeMessageVisibilityBatchRequestEntry in the request.',
  ],
  [
    'ChangeMessageVisibilityBatch',
    entries(
      { Id: 'a', ReceiptHandle: 'any' },
      { Id: 'b', ReceiptHandle: 'any', VisibilityTimeout: 1 },
    ),
    {
      Failed: [
        {
          Id: 'a',
          SenderFault: true,
          Code: 'MissingParameter',
          Message: 'The request must contain the parameter VisibilityTimeout.',
        },
        {
          Id: 'b',
          SenderFault: true,
          Code: 'ReceiptHandleIsInvalid',
          Message: 'The input receipt handle "any" is not a valid receipt handle.',
        },
      ],
    },
  ],
  [
    'DeleteMessage',
    { QueueUrl, ReceiptHandle: 'any' },
    '404 ReceiptHandleIsInvalid: The input receipt handle "any" is not a valid receipt handle.',
  ],
  [
    'DeleteMessage',
    { QueueUrl, ReceiptHandle: Buffer.alloc(33).toString('base64') },
    '404 ReceiptHandleIsInvalid: The input receipt handle "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA" is not a valid receipt handle.',
  ],
  [
    'DeleteMessageBatch',
    entries(),
    '400 EmptyBatchRequest: There should be at least one DeleteMessageBatchRequestEntry in the request.',
  ],
  [
    'DeleteMessageBatch',
    entries({ Id: 'a', ReceiptHandle: 'any' }),
    {
      Failed: [
        {
          Id: 'a',
          SenderFault: true,
          Code: 'ReceiptHandleIsInvalid',
          Message: 'The input receipt handle "any" is not a valid receipt handle.',
        },
      ],
    },
  ],
];

it('messages and receipts that are out of bounds are refused, with the reason', async () => {
  for (const QueueName of [QueueUrl]) {
    await engine.sqs.send(new commands.CreateQueueCommand({ QueueName }));
  }
  await engine.sqs.send(
    new commands.CreateQueueCommand({ QueueName: 'fifo.fifo', Attributes: { FifoQueue: 'true' } }),
  );
  await ask(refusedMessages);
});
