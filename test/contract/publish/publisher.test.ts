import { createServer, type IncomingMessage, request, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { CreateTopicCommand, SubscribeCommand } from '@aws-sdk/client-sns';
import { CreateQueueCommand, ReceiveMessageCommand } from '@aws-sdk/client-sqs';
import { afterEach, describe, expect, it } from 'vitest';
import { type Aws, createAws } from '../../../src/lib/aws/clients.ts';
import type { PublishItem } from '../../../src/lib/publish/publisher.ts';
import { parseSnsBody } from '../../../src/lib/rules/sns-envelope.ts';
import { uniquePrefix, useEndpoint } from '../../fixtures/endpoint.ts';
import {
  createOrderEvent,
  createPublisher,
  type OrderEvent,
  parseOrderEvent,
  sampleOrder,
} from '../../fixtures/orders.ts';

const endpoint = useEndpoint();

const closers: (() => void)[] = [];
afterEach(() => {
  for (const close of closers.splice(0)) close();
});

/** A topic with one queue behind it, whose policy lets everybody send. */
async function fanOut(): Promise<{ topicArn: string; queueUrl: string }> {
  const { sns, sqs } = endpoint.aws;
  const name = uniquePrefix();
  const { TopicArn: topicArn = '' } = await sns.send(new CreateTopicCommand({ Name: name }));
  const queueArn = topicArn.replace(':sns:', ':sqs:');
  const Policy = JSON.stringify({
    Version: '2012-10-17',
    Statement: [
      {
        Effect: 'Allow',
        Principal: { Service: 'sns.amazonaws.com' },
        Action: 'sqs:SendMessage',
        Resource: queueArn,
      },
    ],
  });
  const { QueueUrl: queueUrl = '' } = await sqs.send(
    new CreateQueueCommand({ QueueName: name, Attributes: { Policy } }),
  );
  await sns.send(new SubscribeCommand({ TopicArn: topicArn, Protocol: 'sqs', Endpoint: queueArn }));
  return { topicArn, queueUrl };
}

/** Everything in a queue, received once. */
async function drain(queueUrl: string): Promise<string[]> {
  const bodies: string[] = [];
  for (;;) {
    const { Messages = [] } = await endpoint.aws.sqs.send(
      new ReceiveMessageCommand({ QueueUrl: queueUrl, MaxNumberOfMessages: 10 }),
    );
    if (Messages.length === 0) return bodies;
    bodies.push(...Messages.map(({ Body = '' }) => Body));
  }
}

function samples(count: number): PublishItem<OrderEvent>[] {
  return Array.from({ length: count }, (_, index) => ({
    event: createOrderEvent('order.created', sampleOrder(index)),
  }));
}

type Intercept = (body: string, response: ServerResponse) => boolean;

/** Clients whose calls pass through a real server first, which may answer some of them itself. */
async function through(intercept: Intercept): Promise<{ aws: Aws; requests: string[] }> {
  const requests: string[] = [];
  const server = createServer((incoming, response) => {
    void read(incoming).then((body) => {
      requests.push(body);
      if (intercept(body, response)) return;
      const { method, headers, url } = incoming;
      const forward = request(new URL(url ?? '/', endpoint.url), { method, headers }, (answer) => {
        response.writeHead(answer.statusCode ?? 500, answer.headers);
        answer.pipe(response);
      });
      forward.end(body);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const url = `http://127.0.0.1:${port}`;
  const aws = await createAws({
    ...endpoint.settings,
    target: {
      kind: 'endpoint',
      sns: url,
      sqs: url,
      sts: url,
      kms: url,
      lambda: url,
      dynamodb: url,
      logs: url,
      cloudwatch: url,
      cloudformation: url,
      s3: url,
      ec2: url,
    },
  });
  closers.push(() => {
    aws.close();
    server.close();
    server.closeAllConnections();
  });
  return { aws, requests };
}

async function read(stream: IncomingMessage): Promise<string> {
  let body = '';
  for await (const chunk of stream) body += String(chunk);
  return body;
}

/** Answers a PublishBatch of ten as SNS does when it takes all entries but one. */
function refuseEntry(
  response: ServerResponse,
  id: number,
  code: string,
  senderFault: boolean,
): void {
  const taken = Array.from({ length: 10 }, (_, index) => index)
    .filter((index) => index !== id)
    .map((index) => `<member><Id>${index}</Id><MessageId>taken-${index}</MessageId></member>`);
  response.writeHead(200, { 'content-type': 'text/xml' });
  response.end(
    `<PublishBatchResponse xmlns="http://sns.amazonaws.com/doc/2010-03-31/"><PublishBatchResult><Failed><member><Id>${id}</Id><Code>${code}</Code><Message>refused</Message><SenderFault>${senderFault}</SenderFault></member></Failed><Successful>${taken.join('')}</Successful></PublishBatchResult><ResponseMetadata><RequestId>r</RequestId></ResponseMetadata></PublishBatchResponse>`,
  );
}

/** Answers a whole request as SNS does when it is asked too often, or has a fault of its own. */
function refuseRequest(response: ServerResponse, throttled: boolean): void {
  const [status, type, code] = throttled
    ? [400, 'Sender', 'Throttling']
    : [500, 'Receiver', 'InternalError'];
  response.writeHead(Number(status), { 'content-type': 'text/xml' });
  response.end(
    `<ErrorResponse xmlns="http://sns.amazonaws.com/doc/2010-03-31/"><Error><Type>${type}</Type><Code>${code}</Code><Message>refused</Message></Error><RequestId>r</RequestId></ErrorResponse>`,
  );
}

describe('a publisher', () => {
  it('sends events in tens, and each arrives as it was written', async () => {
    const { topicArn, queueUrl } = await fanOut();
    const { aws, requests } = await through(() => false);
    const items = samples(25);

    const report = await createPublisher({ aws, topicArn }).publish(items);

    expect(report).toEqual({ published: 25, failed: 0, fatal: undefined });
    expect(requests).toHaveLength(3);
    const received = (await drain(queueUrl)).map((body) => parseSnsBody(body));
    const events = received.map(
      (each) => each.kind === 'envelope' && parseOrderEvent(each.message),
    );
    expect(events).toHaveLength(25);
    expect(new Set(events)).toEqual(new Set(items.map(({ event }) => event)));
    expect(received[0]).toMatchObject({
      subject: 'Order Event: order.created',
      attributes: { event_type: { type: 'String', value: 'order.created' } },
    });
  });

  it('keeps a batch within the size that SNS takes', async () => {
    const { topicArn } = await fanOut();
    const { aws, requests } = await through(() => false);
    const items = samples(10).map(({ event }) => ({
      event: Object.assign(event, { note: 'x'.repeat(100_000) }),
    }));

    const report = await createPublisher({ aws, topicArn }).publish(items);

    expect(report.published).toBe(10);
    expect(requests).toHaveLength(5);
  });

  it('names an event that is too large, and publishes the others', async () => {
    const { topicArn } = await fanOut();
    const items = samples(3).map(({ event }, index) => ({
      event: index === 1 ? Object.assign(event, { note: 'x'.repeat(262_144) }) : event,
      line: index + 1,
    }));
    const failures: unknown[] = [];

    const report = await createPublisher({ aws: endpoint.aws, topicArn }).publish(items, {
      onFailed: ({ item, code }) => failures.push([item.line, code]),
    });

    expect(report).toMatchObject({ published: 2, failed: 1 });
    expect(failures).toEqual([[2, 'MessageTooLong']]);
  });

  it('sends an entry again that was refused for no fault of the sender, and only that', async () => {
    const { topicArn } = await fanOut();
    let first = true;
    const { aws, requests } = await through((_, response) => {
      if (!first) return false;
      first = false;
      refuseEntry(response, 3, 'InternalError', false);
      return true;
    });
    const items = samples(10);

    const report = await createPublisher({ aws, topicArn }).publish(items);

    expect(report).toMatchObject({ published: 10, failed: 0 });
    expect(requests).toHaveLength(2);
    const again = new URLSearchParams(requests[1]);
    expect(again.get('PublishBatchRequestEntries.member.1.Message')).toContain(
      items[3]?.event.event_id,
    );
    expect(again.has('PublishBatchRequestEntries.member.2.Id')).toBe(false);
  });

  it("does not send again what was refused for the sender's fault", async () => {
    const { topicArn } = await fanOut();
    const { aws, requests } = await through((_, response) => {
      refuseEntry(response, 7, 'InvalidParameter', true);
      return true;
    });
    const failures: unknown[] = [];

    const report = await createPublisher({ aws, topicArn }).publish(samples(10), {
      onFailed: ({ item, code, message }) => failures.push([item.event.order_id, code, message]),
    });

    expect(report).toMatchObject({ published: 9, failed: 1, fatal: undefined });
    expect(failures).toEqual([[8, 'InvalidParameter', 'refused']]);
    expect(requests).toHaveLength(1);
  });

  it('goes on through requests that are throttled, fail, or get no answer', async () => {
    const { topicArn, queueUrl } = await fanOut();
    let requestsSoFar = 0;
    const { aws } = await through((_, response) => {
      requestsSoFar++;
      // More in a row than the SDK tries by itself.
      if (requestsSoFar > 10) return false;
      if (requestsSoFar % 3 === 0) response.destroy();
      else refuseRequest(response, requestsSoFar % 3 === 1);
      return true;
    });
    const items = samples(20);
    const troubles: string[] = [];

    const report = await createPublisher({ aws, topicArn }).publish(items, {
      onTrouble: ({ code }) => troubles.push(code),
    });

    expect(report).toEqual({ published: 20, failed: 0, fatal: undefined });
    expect(await drain(queueUrl)).toHaveLength(20);
    expect(troubles.length).toBeLessThanOrEqual(1);
  });

  it('ends when requests keep failing, and names every event that was not sent', async () => {
    const { topicArn } = await fanOut();
    const { aws } = await through((_, response) => {
      refuseRequest(response, true);
      return true;
    });
    const failures: unknown[] = [];

    const report = await createPublisher({ aws, topicArn }).publish(samples(15), {
      retryFor: 1,
      onFailed: ({ code, fatal }) => failures.push([code, fatal]),
    });

    expect(report).toMatchObject({ published: 0, failed: 15, fatal: { code: 'Throttling' } });
    expect(failures).toEqual(Array(15).fill(['Throttling', true]));
  });

  it('stops at once when asked to while requests keep failing', async () => {
    const { topicArn } = await fanOut();
    const controller = new AbortController();
    const { aws, requests } = await through((_, response) => {
      refuseRequest(response, false);
      return true;
    });
    let requestsBefore = 0;

    const report = await createPublisher({ aws, topicArn }).publish(samples(5), {
      signal: controller.signal,
      onTrouble: () => {
        requestsBefore = requests.length;
        controller.abort();
      },
    });

    expect(report).toMatchObject({ published: 0, failed: 5 });
    expect(requestsBefore).toBeGreaterThan(0);
    // Trouble is told after the second; the stop ends the wait for the third, which is the last.
    expect(requests).toHaveLength((requestsBefore / 2) * 3);
  });

  it('ends when the topic is gone, takes no more from the source, and says what was not sent', async () => {
    const { topicArn } = await fanOut();
    let taken = 0;
    function* endless(): Generator<PublishItem<OrderEvent>> {
      for (;;) {
        taken++;
        yield* samples(1);
      }
    }
    const report = await createPublisher({
      aws: endpoint.aws,
      topicArn: `${topicArn}-gone`,
    }).publish(endless());

    expect(report.fatal).toMatchObject({ code: 'TopicNotFound' });
    expect(report.published).toBe(0);
    expect(taken - report.failed).toBeLessThanOrEqual(2);
  });
});
