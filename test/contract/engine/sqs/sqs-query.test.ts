import { expect, test } from 'vitest';
import { queueName, useSqsEngine } from '../../../fixtures/sqs-engine.ts';

/** Requests as clients of the older protocol send them, and the answers to the letter. */
const engine = useSqsEngine();

const UUID = /[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}/g;

async function ask(path: string, action: string, parameters: Record<string, string> = {}) {
  const response = await fetch(engine.running.endpoint + path, {
    method: 'POST',
    headers: {
      authorization:
        'AWS4-HMAC-SHA256 Credential=111122223333/20260101/us-east-1/sqs/aws4_request, SignedHeaders=host, Signature=0',
      'content-type': 'application/x-www-form-urlencoded; charset=utf-8',
    },
    body: new URLSearchParams({ Action: action, Version: '2012-11-05', ...parameters }),
  });
  const text = await response.text();
  const body = text.replace('<?xml version="1.0"?>', '').replaceAll(UUID, 'UUID');
  return { status: response.status, body };
}

/** What stands around an answer's result. */
function answer(action: string, result: string): string {
  return `<${action}Response xmlns="http://queue.amazonaws.com/doc/2012-11-05/">${result}<ResponseMetadata><RequestId>UUID</RequestId></ResponseMetadata></${action}Response>`;
}

function refusal(code: string, message: string): string {
  return `<ErrorResponse xmlns="http://queue.amazonaws.com/doc/2012-11-05/"><Error><Type>Sender</Type><Code>${code}</Code><Message>${message}</Message><Detail/></Error><RequestId>UUID</RequestId></ErrorResponse>`;
}

async function create(parameters: Record<string, string> = {}): Promise<string> {
  const name = queueName();
  const created = await ask('/', 'CreateQueue', { QueueName: name, ...parameters });
  const path = `/111122223333/${name}`;
  expect(created).toEqual({
    status: 200,
    body: answer(
      'CreateQueue',
      `<CreateQueueResult><QueueUrl>${engine.running.endpoint}${path}</QueueUrl></CreateQueueResult>`,
    ),
  });
  return path;
}

test('attributes and tags are numbered on the way in and elements on the way out', async () => {
  const path = await create({
    'Attribute.1.Name': 'VisibilityTimeout',
    'Attribute.1.Value': '7',
    'Tag.1.Key': 'team',
    'Tag.1.Value': 'a b',
  });
  const attributes = await ask(path, 'GetQueueAttributes', {
    'AttributeName.1': 'VisibilityTimeout',
    'AttributeName.2': 'DelaySeconds',
  });
  expect(attributes.body).toBe(
    answer(
      'GetQueueAttributes',
      '<GetQueueAttributesResult><Attribute><Name>VisibilityTimeout</Name><Value>7</Value></Attribute><Attribute><Name>DelaySeconds</Name><Value>0</Value></Attribute></GetQueueAttributesResult>',
    ),
  );
  expect((await ask(path, 'ListQueueTags')).body).toBe(
    answer(
      'ListQueueTags',
      '<ListQueueTagsResult><Tag><Key>team</Key><Value>a b</Value></Tag></ListQueueTagsResult>',
    ),
  );
  expect((await ask(path, 'DeleteQueue')).body).toBe(answer('DeleteQueue', ''));
});

test('a batch with one good and one bad entry', async () => {
  const path = await create();
  const entry = 'SendMessageBatchRequestEntry';
  const sent = await ask(path, 'SendMessageBatch', {
    [`${entry}.1.Id`]: 'good',
    [`${entry}.1.MessageBody`]: 'hello',
    [`${entry}.1.MessageAttribute.1.Name`]: 'n',
    [`${entry}.1.MessageAttribute.1.Value.DataType`]: 'Binary',
    [`${entry}.1.MessageAttribute.1.Value.BinaryValue`]: 'AAE=',
    [`${entry}.2.Id`]: 'bad',
    [`${entry}.2.MessageBody`]: 'x',
    [`${entry}.2.DelaySeconds`]: '1000',
  });
  expect(sent).toEqual({
    status: 200,
    body: answer(
      'SendMessageBatch',
      '<SendMessageBatchResult><SendMessageBatchResultEntry><Id>good</Id><MessageId>UUID</MessageId><MD5OfMessageBody>5d41402abc4b2a76b9719d911017c592</MD5OfMessageBody><MD5OfMessageAttributes>9a7a8696834207ff8e381234a1d374e5</MD5OfMessageAttributes></SendMessageBatchResultEntry><BatchResultErrorEntry><Id>bad</Id><SenderFault>true</SenderFault><Code>InvalidParameterValue</Code><Message>DelaySeconds must be &gt;= 0 and &lt;= 900</Message></BatchResultErrorEntry></SendMessageBatchResult>',
    ),
  });
  const received = await ask(path, 'ReceiveMessage', {
    'AttributeName.1': 'ApproximateReceiveCount',
    'MessageAttributeName.1': 'All',
  });
  expect(received.body.replace(/<ReceiptHandle>[^<]+/, '<ReceiptHandle>H')).toBe(
    answer(
      'ReceiveMessage',
      '<ReceiveMessageResult><Message><MessageId>UUID</MessageId><ReceiptHandle>H</ReceiptHandle><MD5OfBody>5d41402abc4b2a76b9719d911017c592</MD5OfBody><Body>hello</Body><Attribute><Name>ApproximateReceiveCount</Name><Value>1</Value></Attribute><MD5OfMessageAttributes>9a7a8696834207ff8e381234a1d374e5</MD5OfMessageAttributes><MessageAttribute><Name>n</Name><Value><BinaryValue>AAE=</BinaryValue><DataType>Binary</DataType></Value></MessageAttribute></Message></ReceiveMessageResult>',
    ),
  );
  expect((await ask(path, 'ReceiveMessage')).body).toBe(
    answer('ReceiveMessage', '<ReceiveMessageResult/>'),
  );
});

test.each([
  [
    '/111122223333/nowhere',
    'ReceiveMessage',
    {},
    400,
    'AWS.SimpleQueueService.NonExistentQueue',
    'The specified queue does not exist for this wsdl version.',
  ],
  [
    '',
    'SendMessage',
    { MessageBody: '' },
    400,
    'MissingParameter',
    'The request must contain the parameter MessageBody.',
  ],
  [
    '',
    'SendMessageBatch',
    {},
    400,
    'AWS.SimpleQueueService.EmptyBatchRequest',
    'There should be at least one SendMessageBatchRequestEntry in the request.',
  ],
  [
    '',
    'ReceiveMessage',
    { MaxNumberOfMessages: '11' },
    400,
    'InvalidParameterValue',
    'Value 11 for parameter MaxNumberOfMessages is invalid. Reason: Must be between 1 and 10, if provided.',
  ],
  [
    '',
    'DeleteMessage',
    { ReceiptHandle: 'x' },
    404,
    'ReceiptHandleIsInvalid',
    'The input receipt handle &quot;x&quot; is not a valid receipt handle.',
  ],
])(
  '%s %s %j is refused with the codes of the older protocol',
  async (where, action, parameters, status, code, message) => {
    const path = where === '' ? await create() : where;
    const refused = await ask(path, action, parameters);
    expect(refused.status).toBe(status);
    expect(refused.body.replaceAll('"', '&quot;')).toBe(
      refusal(code, message).replaceAll('"', '&quot;'),
    );
  },
);
