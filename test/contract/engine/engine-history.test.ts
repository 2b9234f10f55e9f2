import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { DeleteTopicCommand, PublishBatchCommand, PublishCommand } from '@aws-sdk/client-sns';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Aws, createAws } from '../../../src/lib/aws/clients.ts';
import { type HistoryMessage, readHistory } from '../../../src/lib/aws/observer.ts';
import { resolveSettings } from '../../../src/lib/config/settings.ts';
import { History } from '../../../src/lib/engine/services/sns/history.ts';
import type { HistoryLine } from '../../../src/lib/engine/services/sns/history-line.ts';
import type { AcceptedMessage } from '../../../src/lib/engine/services/sns/message.ts';
import { REGION, type SnsEngine, startSns } from '../../fixtures/sns-engine.ts';

let engine: SnsEngine;
let aws: Aws;
const started = new Date();

beforeAll(async () => {
  engine = await startSns();
  aws = await awsAt(engine.running.endpoint);
});
afterAll(async () => {
  aws.close();
  await engine.stop();
});

async function awsAt(endpointUrl: string): Promise<Aws> {
  return createAws(await resolveSettings({ endpointUrl, region: REGION }, {}, '/'));
}

async function history(topicArn: string, since = started): Promise<HistoryMessage[]> {
  const found = await readHistory(aws, topicArn, since);
  if (found === undefined) throw new Error('no history');
  const messages: HistoryMessage[] = [];
  for await (const message of found.messages) messages.push(message);
  return messages;
}

test('what was published is told with all that a subscriber could see of it', async () => {
  const topic = await engine.topic('told');
  const { MessageId: first } = await engine.sns.send(
    new PublishCommand({
      TopicArn: topic,
      Message: 'Grüße, 世界 \n"quoted"',
      Subject: 'hello',
      MessageAttributes: {
        kind: { DataType: 'String', StringValue: 'order.created' },
        size: { DataType: 'Number', StringValue: '12' },
        bytes: { DataType: 'Binary', BinaryValue: new Uint8Array([0, 255]) },
        constructor: { DataType: 'String', StringValue: 'c' },
        ['__proto__']: { DataType: 'String', StringValue: 'p' },
      },
    }),
  );
  const { Successful } = await engine.sns.send(
    new PublishBatchCommand({
      TopicArn: topic,
      PublishBatchRequestEntries: [
        { Id: 'a', Message: 'two' },
        {
          Id: 'b',
          MessageStructure: 'json',
          Message: JSON.stringify({ default: 'no', sqs: 'three' }),
        },
      ],
    }),
  );

  const messages = await history(topic);

  expect(messages).toEqual([
    {
      messageId: first,
      time: expect.any(Date),
      body: 'Grüße, 世界 \n"quoted"',
      subject: 'hello',
      attributes: {
        kind: { type: 'String', value: 'order.created' },
        size: { type: 'Number', value: '12' },
        bytes: { type: 'Binary', value: 'AP8=' },
        constructor: { type: 'String', value: 'c' },
        ['__proto__']: { type: 'String', value: 'p' },
      },
      groupId: undefined,
      deduplicationId: undefined,
      sequenceNumber: undefined,
    },
    expect.objectContaining({ messageId: Successful?.[0]?.MessageId, body: 'two', attributes: {} }),
    expect.objectContaining({ messageId: Successful?.[1]?.MessageId, body: 'three' }),
  ]);
  expect(await history(topic, new Date(Date.now() + 60_000))).toEqual([]);
});

test('is looked for by a text in it, quoted or not, and by its id or four characters of that', async () => {
  const topic = await engine.topic('sought');
  const { MessageId: id = '' } = await engine.sns.send(
    new PublishCommand({ TopicArn: topic, Message: '{"name":"sought-after"}' }),
  );
  const found = async (path: string, text: string): Promise<unknown[]> => {
    const url = `${engine.running.endpoint}/_pubsub/${path}=${encodeURIComponent(text)}`;
    const { messages, ids } = (await (await fetch(url)).json()) as Record<string, unknown[]>;
    return messages ?? ids ?? [];
  };
  for (const text of ['sought-after', '"name":"sought-after"']) {
    expect(await found('published?containing', text)).toMatchObject([{ topicArn: topic }]);
  }
  expect(await found('published?containing', '')).toEqual([]);
  for (const beginning of [id, id.slice(0, 4)]) {
    expect(await found('ids?beginning', beginning)).toHaveLength(1);
  }
  for (const beginning of [`${id}0`, id.slice(0, 3)]) {
    expect(await found('ids?beginning', beginning)).toEqual([]);
  }
});

test('a FIFO topic tells groups, deduplication ids and sequence numbers, and repeats once', async () => {
  const topic = await engine.topic('told.fifo');
  for (const id of ['1', '1', '2']) {
    await engine.sns.send(
      new PublishCommand({
        TopicArn: topic,
        Message: `m${id}`,
        MessageGroupId: 'g',
        MessageDeduplicationId: id,
      }),
    );
  }

  expect(await history(topic)).toMatchObject([
    { body: 'm1', groupId: 'g', deduplicationId: '1', sequenceNumber: '10000000000000001000' },
    { body: 'm2', groupId: 'g', deduplicationId: '2', sequenceNumber: '10000000000000002000' },
  ]);
});

test('more than fits into one write comes through, also to a reader that leaves', async () => {
  const topic = await engine.topic('large');
  const Message = 'x'.repeat(20_000);
  for (let count = 0; count < 100; count += 1) {
    await engine.sns.send(new PublishCommand({ TopicArn: topic, Message }));
  }

  const messages = await history(topic);
  expect(messages).toHaveLength(100);
  expect(new Set(messages.map(({ body }) => body))).toEqual(new Set([Message]));

  const again = await readHistory(aws, topic, started);
  for await (const message of again?.messages ?? []) {
    expect(message.body).toBe(Message);
    break;
  }
  expect(await history(topic)).toHaveLength(100);
});

test('the time may be given in seconds before now, and must be one', async () => {
  const topic = await engine.topic('since');
  await engine.sns.send(new PublishCommand({ TopicArn: topic, Message: 'm' }));
  const get = async (query: string) => {
    const answer = await fetch(`${engine.running.endpoint}/_pubsub/history?topic=${topic}${query}`);
    return { status: answer.status, text: await answer.text() };
  };

  expect((await get('&since=3600')).text).toContain('"body":"m"');
  expect((await get('&since=0')).text).toBe('');
  expect((await get('')).text).toContain('"body":"m"');
  const minute = encodeURIComponent(new Date(Date.now() - 60_000).toISOString());
  expect((await get(`&since=${minute}`)).text).toContain('"body":"m"');
  for (const text of ['yesterday', '-5', 'May 5', '2026-13-01', '12:30']) {
    expect(await get(`&since=${encodeURIComponent(text)}`)).toMatchObject({ status: 400 });
  }
});

test('a deleted topic is forgotten, and what is not an engine tells nothing', async () => {
  const topic = await engine.topic('gone');
  await engine.sns.send(new PublishCommand({ TopicArn: topic, Message: 'm' }));
  await engine.sns.send(new DeleteTopicCommand({ TopicArn: topic }));

  expect(await readHistory(aws, topic, started)).toBeUndefined();
  await engine.topic('gone');
  expect(await history(topic)).toEqual([]);

  const server = createServer((_request, response) => response.end('{}'));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const other = await awsAt(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  expect(await readHistory(other, topic, started)).toBeUndefined();
  other.close();
  server.close();
});

test('an engine that ends in the middle is an error, not an end', async () => {
  const server = createServer((_request, response) => {
    response.writeHead(200, { 'X-Pubsub-History-From': started.toISOString() });
    response.write('{"messageId":"1","time":1,"body":"b","attributes":{}}\n', () =>
      setTimeout(() => response.destroy(), 50),
    );
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const other = await awsAt(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  const found = await readHistory(other, 'arn:aws:sns:us-east-1:000000000000:t', started);
  const bodies: string[] = [];

  const reading = (async () => {
    for await (const { body } of found?.messages ?? []) bodies.push(body);
  })();

  await expect(reading).rejects.toMatchObject({ code: 'HistoryCutOff' });
  expect(bodies).toEqual(['b']);
  other.close();
  server.close();
});

describe('what is kept', () => {
  const PAGE = 16 * 1024;
  const bodiesOf = (history: History, arn: string, since?: number) =>
    Buffer.concat(history.read(arn, since).lines)
      .toString()
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => (JSON.parse(line) as HistoryLine).body);
  const adder = (history: History) => (arn: string, body: string, time: number) =>
    history.add(arn, { messageId: 'm', body, attributes: { count: 0 } } as AcceptedMessage, time);

  test('is at least the newest messages, without a gap', () => {
    const history = new History(5, { messages: 40, bytes: 1e9, totalBytes: 1e9 });
    const add = adder(history);
    expect(history.read('a')).toEqual({ from: 5, lines: [] });

    for (let time = 10; time < 1000; time += 1) {
      add('a', `${time}`.padEnd(1500, 'é'), time);
      if (time % 17 > 0 && time < 995) continue;
      const kept = bodiesOf(history, 'a').map((body) => Number.parseInt(body, 10));
      expect(kept.length).toBeGreaterThanOrEqual(Math.min(40, time - 9));
      expect(kept.length).toBeLessThan(400);
      expect(kept).toEqual(Array.from(kept, (_, index) => time + 1 - kept.length + index));
      expect(history.read('a').from).toBe(kept.length === time - 9 ? 5 : kept[0]);
    }
    expect(bodiesOf(history, 'a', 998)).toHaveLength(2);
  });

  test('is found by a text that is in it, each message by itself', () => {
    const history = new History(5, { messages: 40, bytes: 1e9, totalBytes: 1e9 });
    const add = adder(history);
    for (const [index, body] of ['red', 'blue', 'red too', 'green'].entries()) {
      add('a', body, 10 + index);
    }
    add('b', 'red elsewhere', 20);
    const found = history.containing('red').map(({ topicArn, line }) => {
      const { body } = JSON.parse(Buffer.from(line).toString()) as HistoryLine;
      return [topicArn, body];
    });
    expect(found).toEqual([
      ['a', 'red'],
      ['a', 'red too'],
      ['b', 'red elsewhere'],
    ]);
  });

  test('is no more than so many bytes of a topic, and of all', () => {
    const history = new History(5, { messages: 40, bytes: 20 * PAGE, totalBytes: 30 * PAGE });
    const add = adder(history);
    const lengths = (...arns: string[]) => arns.map((arn) => bodiesOf(history, arn).length);

    add('a', 'first', 100);
    add('a', 'x'.repeat(19.5 * PAGE), 200);
    expect(lengths('a')).toEqual([1]);
    expect(history.read('a').from).toBe(101);
    add('a', 'y'.repeat(21 * PAGE), 201);
    expect(lengths('a')).toEqual([0]);
    expect(history.read('a').from).toBe(202);

    add('a', 'x'.repeat(18 * PAGE), 300);
    add('b', 'y'.repeat(17 * PAGE), 301);
    expect(lengths('a', 'b')).toEqual([0, 1]);
    history.forget('b');
    add('a', 'x'.repeat(18 * PAGE), 302);
    add('c', 'small', 303);
    expect(lengths('a', 'b', 'c')).toEqual([1, 0, 1]);
  });
});
