import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { get, type ServerResponse } from 'node:http';
import { connect } from 'node:net';
import {
  CreateTopicCommand,
  ListTopicsCommand,
  PublishCommand,
  SNSClient,
  SubscribeCommand,
} from '@aws-sdk/client-sns';
import {
  CreateQueueCommand,
  DeleteMessageCommand,
  GetQueueAttributesCommand,
  PurgeQueueCommand,
  ReceiveMessageCommand,
  SendMessageCommand,
  SQSClient,
} from '@aws-sdk/client-sqs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { followEvents } from '../../../src/lib/engine/background.ts';
import { type RunningEngine, startEngine } from '../../../src/lib/engine/http/server.ts';
import { SlowReader, TRACE_BUFFER, Trace } from '../../../src/lib/engine/observe/trace.ts';
import type { MessageEvent } from '../../../src/lib/rules/message-trace.ts';
import { callsMade } from '../../fixtures/requests-made.ts';

let running: RunningEngine;
let sqs: SQSClient;
let sns: SNSClient;

beforeAll(async () => {
  running = await startEngine();
  const settings = {
    endpoint: running.endpoint,
    region: 'us-east-1',
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
  };
  sqs = new SQSClient(settings);
  sns = new SNSClient(settings);
});

afterAll(() => running.stop());

const ARN = 'arn:aws:sqs:us-east-1:000000000000:';

const sent: MessageEvent = {
  kind: 'sent',
  time: 0,
  account: '000000000000',
  region: 'us-east-1',
  messageId: 'm',
  queueArn: `${ARN}q`,
  bodyDigest: 0,
};

interface Body {
  readonly messages: readonly unknown[];
  readonly requests: readonly unknown[];
  readonly queues: readonly { readonly queueArn: string; readonly oldestSentAt: number | null }[];
}

async function getJson(path: string) {
  const answer = await fetch(`${running.endpoint}/_pubsub/${path}`);
  return { status: answer.status, body: (await answer.json()) as Body };
}

async function queue(name: string): Promise<string> {
  const Policy = JSON.stringify({
    Statement: [
      {
        Effect: 'Allow',
        Principal: { Service: 'sns.amazonaws.com' },
        Action: 'sqs:SendMessage',
        Resource: ARN + name,
      },
    ],
  });
  const created = await sqs.send(
    new CreateQueueCommand({ QueueName: name, Attributes: { Policy } }),
  );
  return created.QueueUrl ?? '';
}

describe('paths outside the AWS API', () => {
  it('tell the health', async () => {
    const { status, body } = await getJson('health');

    expect(status).toBe(200);
    expect(body).toEqual({
      status: 'ok',
      problems: [],
      instance: running.instance,
      version: expect.any(String),
      pid: process.pid,
      uptime: expect.any(Number),
      ephemeral: true,
      stateDir: null,
    });
  });

  it('count calls and messages for Prometheus', async () => {
    const QueueUrl = await queue('counted');
    await sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: 'hello' }));
    await sqs.send(new ReceiveMessageCommand({ QueueUrl: `${QueueUrl}-none` })).catch(() => null);

    const answer = await fetch(`${running.endpoint}/_pubsub/metrics`);
    const text = await answer.text();

    expect(answer.headers.get('content-type')).toContain('text/plain; version=0.0.4');
    expect(text).toMatch(/^pubsub_requests_total\{service="sqs",action="SendMessage"\} \d+$/m);
    expect(text).toMatch(/^pubsub_request_errors_total\{.*"ReceiveMessage"\} [1-9]\d*$/m);
    expect(text).toMatch(/^pubsub_queue_messages\{.*queue="counted",state="visible"\} 1$/m);
    expect(text).toMatch(/^# TYPE process_cpu_seconds_total counter$/m);
  });

  it('show a queue without receiving from it', async () => {
    const QueueUrl = await queue('peeked');
    const MessageAttributes = { kind: { DataType: 'String', StringValue: 'x' } };
    for (const MessageBody of ['one', 'two', 'three']) {
      await sqs.send(new SendMessageCommand({ QueueUrl, MessageBody, MessageAttributes }));
    }
    await sqs.send(new ReceiveMessageCommand({ QueueUrl }));

    const path = 'queues/000000000000/us-east-1/peeked/messages';
    const { body } = await getJson(path);
    const two = await getJson(`${path}?limit=2`);

    expect(body).toMatchObject({ queueArn: `${ARN}peeked`, visible: 2, inFlight: 1, delayed: 0 });
    expect(body.messages).toHaveLength(3);
    expect(body.messages[0]).toMatchObject({
      body: 'one',
      state: 'in-flight',
      receiveCount: 1,
      attributes: { kind: { dataType: 'String', value: 'x' } },
    });
    expect(body.messages[1]).toMatchObject({
      body: 'two',
      state: 'visible',
      visibleAt: null,
      receiveCount: 0,
      firstReceivedAt: null,
    });
    expect(two.body.messages).toHaveLength(2);
    expect((await getJson('queues/000000000000/eu-west-1/peeked/messages')).status).toBe(404);
  });

  it('count what came into each queue and left it, and tell its oldest message', async () => {
    const QueueUrl = await queue('figures');
    const before = Date.now();
    for (const MessageBody of ['one', 'two', 'three']) {
      await sqs.send(new SendMessageCommand({ QueueUrl, MessageBody }));
    }
    const { Messages = [] } = await sqs.send(new ReceiveMessageCommand({ QueueUrl }));
    const figures = async () => {
      const { body } = await getJson('queues');
      return body.queues.find(({ queueArn }) => queueArn === `${ARN}figures`);
    };

    expect(await figures()).toEqual({
      queueArn: `${ARN}figures`,
      visible: 2,
      inFlight: 1,
      delayed: 0,
      oldestSentAt: expect.any(Number),
      arrived: 3,
      left: 0,
    });
    expect((await figures())?.oldestSentAt).toBeGreaterThanOrEqual(before);
    const ReceiptHandle = Messages[0]?.ReceiptHandle;
    await sqs.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle }));
    expect(await figures()).toMatchObject({ visible: 2, inFlight: 0, arrived: 3, left: 1 });
    await sqs.send(new PurgeQueueCommand({ QueueUrl }));
    expect(await figures()).toMatchObject({ visible: 0, oldestSentAt: null, arrived: 3, left: 3 });
  });

  it('keep the latest requests', async () => {
    await sqs.send(new ReceiveMessageCommand({ QueueUrl: 'http://x/1/none' })).catch(() => null);

    const { body } = await getJson('requests?limit=1');

    expect(body.requests).toEqual([
      expect.objectContaining({
        service: 'sqs',
        action: 'ReceiveMessage',
        account: '000000000000',
        region: 'us-east-1',
        status: 400,
        error: 'AWS.SimpleQueueService.NonExistentQueue',
      }),
    ]);
  });

  it('tell what calls were made meanwhile, and which of them only looked', async () => {
    const QueueUrl = await queue('watched');

    const calls = await callsMade(running.endpoint, async () => {
      await sqs.send(new GetQueueAttributesCommand({ QueueUrl }));
      await sns.send(new ListTopicsCommand({}));
      await sqs.send(new ReceiveMessageCommand({ QueueUrl }));
      await sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: 'm' }));
    });

    expect(calls.map(({ service, action, readOnly }) => [service, action, readOnly])).toEqual([
      ['sqs', 'GetQueueAttributes', true],
      ['sns', 'ListTopics', true],
      ['sqs', 'ReceiveMessage', false],
      ['sqs', 'SendMessage', false],
    ]);
    expect(calls[0]).toMatchObject({
      accessKeyId: 'test',
      client: expect.stringMatching(/^aws-sdk-js\//),
      status: 200,
    });
    expect(await callsMade(running.endpoint, async () => undefined)).toEqual([]);
  });

  it('keep the latest calls only, and say so', async () => {
    const many = async () => {
      const call = () => fetch(`${running.endpoint}/?Action=ListTopics&Version=2010-03-31`);
      for (let count = 0; count < 1010; count += 101) {
        await Promise.all(Array.from({ length: 101 }, call));
      }
    };

    await expect(callsMade(running.endpoint, many)).rejects.toThrow('1010 calls were made');
    const { body } = await getJson('requests');
    expect(body.requests).toHaveLength(1000);
    const numbers = body.requests.map((each) => (each as { number: number }).number);
    expect(numbers).toEqual(Array.from(numbers, (_, index) => (numbers[0] ?? 0) + index));
  });

  it('are not told to other names than this machine has', async () => {
    const status = await new Promise((resolve) => {
      const headers = { host: 'evil.example' };
      get(`${running.endpoint}/_pubsub/health`, { headers }, (answer) => {
        answer.resume();
        resolve(answer.statusCode);
      });
    });

    expect(status).toBe(403);
    expect((await getJson('nothing')).status).toBe(404);
  });
});

/** What Node tells of each request that its servers get. */
const REQUEST_START = 'http.server.request.start';

describe('the stream of events', () => {
  it('tells what happens to a message, over HTTP and within the process alike', async () => {
    const end = new AbortController();
    const over: MessageEvent[] = [];
    const following = (async () => {
      for await (const event of followEvents(running.endpoint, end.signal)) over.push(event);
    })();
    await expect.poll(() => running.engine.trace.active).toBe(true);
    const within: MessageEvent[] = [];
    const collecting = (async () => {
      for await (const event of running.engine.trace.subscribe({ signal: end.signal })) {
        within.push(event);
      }
    })();
    const QueueUrl = await queue('traced');
    const { TopicArn } = await sns.send(new CreateTopicCommand({ Name: 'traced' }));
    await sns.send(new SubscribeCommand({ TopicArn, Protocol: 'sqs', Endpoint: `${ARN}traced` }));

    const { MessageId } = await sns.send(new PublishCommand({ TopicArn, Message: 'hello' }));
    const { Messages = [] } = await sqs.send(new ReceiveMessageCommand({ QueueUrl }));
    const ReceiptHandle = Messages[0]?.ReceiptHandle;
    await sqs.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle }));

    await expect.poll(() => over.map(({ kind }) => kind)).toContain('deleted');
    end.abort();
    await Promise.all([collecting, following]);
    expect(over.map(({ kind }) => kind)).toEqual(['published', 'delivered', 'received', 'deleted']);
    expect(within).toEqual(over);
    expect(over[0]).toMatchObject({ topicArn: TopicArn, messageId: MessageId, subscriptions: 1 });
    expect(over[1]).toMatchObject({ queueArn: `${ARN}traced`, topicMessageId: MessageId });
    expect(over[2]).toMatchObject({ receiveCount: 1, messageId: Messages[0]?.MessageId });
    await expect.poll(() => running.engine.trace.active).toBe(false);
  });

  it('drops a reader that does not read', async () => {
    let answer: ServerResponse | undefined;
    const onRequest = (message: unknown): void => {
      answer = (message as { response: ServerResponse }).response;
    };
    subscribe(REQUEST_START, onRequest);
    const socket = connect({ host: '127.0.0.1', port: running.port });
    socket.write(`GET /_pubsub/events HTTP/1.1\r\nHost: localhost\r\n\r\n`);
    await expect.poll(() => running.engine.trace.active).toBe(true);
    socket.pause();
    const messageId = 'x'.repeat(10_000);
    const { trace } = running.engine;
    const event: MessageEvent = { ...sent, messageId };

    for (let count = 0; trace.active && count < 100_000; count += 1) {
      trace.emit(event);
      if (count % 100 === 0) await new Promise((resolve) => setImmediate(resolve));
    }

    expect(trace.active).toBe(false);
    // It is told once more, and its socket isn't kept for ever.
    unsubscribe(REQUEST_START, onRequest);
    expect(answer?.writableEnded).toBe(true);
    await expect.poll(() => answer?.destroyed).toBe(true);
    socket.destroy();
  });
});

describe('a trace', () => {
  const event = sent;

  it('drops a reader that is too slow, and holds on to nothing', async () => {
    const trace = new Trace((at) => at);
    const events = trace.subscribe();
    for (let count = 0; count <= TRACE_BUFFER; count += 1) trace.emit(event);

    expect(trace.active).toBe(false);
    await expect(events.next()).rejects.toThrow(SlowReader);
    expect(await events.next()).toEqual({ done: true, value: undefined });
  });

  it('ends with the loop over it', async () => {
    const trace = new Trace((at) => at);
    const events = trace.subscribe();
    trace.emit(event);
    trace.emit(event);

    for await (const each of events) {
      expect(each).toEqual(event);
      break;
    }

    expect(trace.active).toBe(false);
  });

  it('gives a waiting reader what comes', async () => {
    const trace = new Trace((at) => at);
    const next = trace.subscribe().next();

    trace.emit(event);

    expect(await next).toEqual({ done: false, value: event });
  });
});
