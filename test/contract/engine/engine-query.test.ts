import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startEngine, type TestEngine } from '../../../src/engine.ts';

// Requests as clients of the older protocol write them; the SDK of today speaks it to SNS and STS only.

let running: TestEngine;

beforeAll(async () => {
  running = await startEngine();
});

afterAll(() => running.stop());

const SCOPE = '20260101/eu-west-1/sqs/aws4_request';

async function post(path: string, body: string) {
  const answer = await fetch(running.endpoint + path, {
    method: 'POST',
    headers: {
      'Content-Type': 'application/x-www-form-urlencoded; charset=utf-8',
      Authorization: `AWS4-HMAC-SHA256 Credential=123456789012/${SCOPE}, SignedHeaders=host, Signature=0`,
    },
    body,
  });
  const text = await answer.text();
  return { status: answer.status, text: text.replace(/<RequestId>[0-9a-f-]{36}/, '<RequestId>') };
}

function answered(action: string, result: string): string {
  return `<?xml version="1.0"?><${action}Response xmlns="http://queue.amazonaws.com/doc/2012-11-05/">${result}<ResponseMetadata><RequestId></RequestId></ResponseMetadata></${action}Response>`;
}

function between(text: string, start: string, end: string): string {
  const from = text.indexOf(start) + start.length;
  return text.slice(from, text.indexOf(end, from));
}

const QUEUE = '/123456789012/old';

describe('SQS over the Query protocol', () => {
  it('makes a queue with attributes and tags', async () => {
    const { status, text } = await post(
      '/',
      'Action=CreateQueue&QueueName=old&Attribute.1.Name=VisibilityTimeout&Attribute.1.Value=5&Attribute.2.Name=DelaySeconds&Attribute.2.Value=0&Tag.1.Key=team&Tag.1.Value=a+b&Version=2012-11-05',
    );
    const attributes = await post(
      QUEUE,
      'Action=GetQueueAttributes&AttributeName.1=VisibilityTimeout&AttributeName.2=QueueArn',
    );
    const tags = await post(QUEUE, 'Action=ListQueueTags');

    expect(status).toBe(200);
    expect(text).toBe(
      answered(
        'CreateQueue',
        `<CreateQueueResult><QueueUrl>${running.endpoint}${QUEUE}</QueueUrl></CreateQueueResult>`,
      ),
    );
    expect(attributes.text).toContain(
      '<Attribute><Name>QueueArn</Name><Value>arn:aws:sqs:eu-west-1:123456789012:old</Value></Attribute>',
    );
    expect(attributes.text).toContain(
      '<Attribute><Name>VisibilityTimeout</Name><Value>5</Value></Attribute>',
    );
    expect(tags.text).toBe(
      answered(
        'ListQueueTags',
        '<ListQueueTagsResult><Tag><Key>team</Key><Value>a b</Value></Tag></ListQueueTagsResult>',
      ),
    );
  });

  it('takes an attribute without a number, and GET', async () => {
    const set = await post(
      QUEUE,
      'Action=SetQueueAttributes&Attribute.Name=MaximumMessageSize&Attribute.Value=2048',
    );
    const get = await fetch(
      `${running.endpoint}${QUEUE}?Action=GetQueueAttributes&AttributeName.1=MaximumMessageSize`,
      { headers: { Authorization: `AWS4-HMAC-SHA256 Credential=123456789012/${SCOPE}, x` } },
    );

    expect(set.text).toBe(answered('SetQueueAttributes', ''));
    expect(await get.text()).toContain('<Name>MaximumMessageSize</Name><Value>2048</Value>');
  });

  it('carries bodies and attributes both ways', async () => {
    const body = encodeURIComponent('<a> & "b" é\r\n\u{1f600}').replaceAll('%20', '+');
    const sent = await post(
      QUEUE,
      `Action=SendMessage&MessageBody=${body}&MessageAttribute.1.Name=n&MessageAttribute.1.Value.DataType=Number&MessageAttribute.1.Value.StringValue=42&MessageAttribute.2.Name=b&MessageAttribute.2.Value.DataType=Binary&MessageAttribute.2.Value.BinaryValue=AAH%2F`,
    );
    const received = await post(
      '/',
      `Action=ReceiveMessage&QueueUrl=${encodeURIComponent(running.endpoint + QUEUE)}&AttributeName.1=All&MessageAttributeName.1=All`,
    );
    const handle = between(received.text, '<ReceiptHandle>', '</ReceiptHandle>');
    const deleted = await post(
      QUEUE,
      `Action=DeleteMessage&ReceiptHandle=${encodeURIComponent(handle)}`,
    );

    expect(sent.text).toMatch(
      /<SendMessageResult><MD5OfMessageBody>[0-9a-f]{32}<\/MD5OfMessageBody><MD5OfMessageAttributes>[0-9a-f]{32}<\/MD5OfMessageAttributes><MessageId>[0-9a-f-]{36}<\/MessageId><\/SendMessageResult>/,
    );
    expect(received.text).toContain('<Body>&lt;a&gt; &amp; &quot;b&quot; é&#xD;\n\u{1f600}</Body>');
    expect(received.text).toContain(
      '<Attribute><Name>ApproximateReceiveCount</Name><Value>1</Value></Attribute>',
    );
    expect(received.text).toContain(
      '<MessageAttribute><Name>n</Name><Value><StringValue>42</StringValue><DataType>Number</DataType></Value></MessageAttribute>',
    );
    expect(received.text).toContain(
      '<MessageAttribute><Name>b</Name><Value><BinaryValue>AAH/</BinaryValue><DataType>Binary</DataType></Value></MessageAttribute>',
    );
    expect(deleted.text).toBe(answered('DeleteMessage', ''));
  });

  it('answers both halves of a batch', async () => {
    const { text } = await post(
      QUEUE,
      'Action=SendMessageBatch&SendMessageBatchRequestEntry.2.Id=bad&SendMessageBatchRequestEntry.2.MessageBody=x%0Cy&SendMessageBatchRequestEntry.1.Id=good&SendMessageBatchRequestEntry.1.MessageBody=x',
    );

    expect(text).toContain('<SendMessageBatchResultEntry><Id>good</Id>');
    expect(text).toContain('<BatchResultErrorEntry><Id>bad</Id><SenderFault>true</SenderFault>');
  });

  it.each([
    ['/123456789012/none', 'Action=PurgeQueue', 'AWS.SimpleQueueService.NonExistentQueue'],
    [QUEUE, 'Action=SendMessage', 'MissingParameter'],
    [QUEUE, 'Action=ReceiveMessage&MaxNumberOfMessages=many', 'MalformedInput'],
    [QUEUE, 'Action=SendMessageBatch&SendMessageBatchRequestEntry.1.Id=a', 'MissingParameter'],
    [QUEUE, 'Action=SetQueueAttributes&Attribute.1.Value=1', 'MissingParameter'],
  ])('answers %s %s with %s', async (path, body, code) => {
    const { status, text } = await post(path, body);

    expect(status).toBe(400);
    expect(text).toContain(`<Error><Type>Sender</Type><Code>${code}</Code><Message>`);
    expect(text).toContain('</Message><Detail/></Error><RequestId>');
  });

  it('lets no name reach what is not the request', async () => {
    const { status, text } = await post(
      '/',
      'Action=CreateQueue&QueueName=proto&Tag.1.Key=__proto__&Tag.1.Value=x&constructor.1=y&__proto__.Id=z',
    );
    const tags = await post('/123456789012/proto', 'Action=ListQueueTags');

    expect(status).toBe(200);
    expect(text).toContain('<QueueUrl>');
    expect(tags.text).toContain('<Key>__proto__</Key><Value>x</Value>');
    expect('x' in Object.prototype).toBe(false);
  });
});

describe('a form without credentials', () => {
  it.each([
    ['Action=ListTopics', 'sns.amazonaws.com'],
    ['Action=GetCallerIdentity', 'sts.amazonaws.com'],
    ['Action=ListQueues', 'queue.amazonaws.com'],
    ['Action=AddPermission&Version=2010-03-31', 'sns.amazonaws.com'],
    ['Action=AddPermission&Version=2012-11-05', 'queue.amazonaws.com'],
  ])('finds the service of %s', async (body, host) => {
    const answer = await fetch(running.endpoint, { method: 'POST', body });

    expect(await answer.text()).toContain(`://${host}/doc/`);
  });
});
