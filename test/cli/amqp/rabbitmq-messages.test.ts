import { execFileSync } from 'node:child_process';
import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { BrokerQueue } from '../../../src/lib/amqp/broker-queue.ts';
import { Session } from '../../../src/lib/amqp/session.ts';
import { readBroker } from '../../../src/lib/config/broker.ts';
import { startEndpoint } from '../../fixtures/http-endpoint.ts';
import { exportedSpans, exportTo, KIND } from '../../fixtures/otlp.ts';
import { openGate } from '../../fixtures/tcp-gate.ts';
import { describePayments } from './payments.ts';

describePayments('messages on RabbitMQ', (rabbit) => {
  const { pubsub, run, json, lines, payments, handler, depth } = rabbit;

  describe('publish and listen', () => {
    it('hands events over to the letter, with their attributes', async () => {
      await run('setup');
      const data = '{"amount":29.990,"big":12345678901234567890}';
      const published = await json(
        ...['publish', 'payment.captured', '--data', data, '--attribute', 'n:Number=5'],
        ...['--attribute', 'b:Binary=aGk=', '--attribute', 's=x'],
      );
      expect(published).toMatchObject({ code: 0, doc: { published: 1, failed: 0 } });
      const file = handler(
        'export default (event, { attributes, eventType, messageId }) => ({ attributes, eventType, messageId });',
      );
      const { code, stdout } = await run(
        'listen',
        'email',
        '--max',
        '1',
        '--handler',
        file,
        '--json',
      );
      expect(code).toBe(0);
      expect(stdout).toContain('"amount":29.990,"big":12345678901234567890');
      const [{ messageId }] = (published.doc as { messages: [{ messageId: string }] }).messages;
      expect(JSON.parse(stdout)).toMatchObject({
        outcome: 'handled',
        receiveCount: 1,
        messageId,
      });
    });

    it('delivers by filter and to nobody else', async () => {
      payments(
        '{ filterPolicy: { event_type: [{ prefix: order. }, paid] } }',
        '  audit: {}\n  typed: { filterPolicy: { event_type: [{ exists: true }] } }\n',
      );
      await run('setup');
      for (const type of ['order.created', 'order.a.b', 'order', 'orders.x', 'paid', 'paid.late']) {
        await run('publish', type, '--data', '{}');
      }
      await run('publish', '--raw', '--data', 'without a type');
      const { doc } = await json('status');
      const { subscribers } = doc as { subscribers: { name: string; depth: number }[] };
      expect(subscribers.map(({ name, depth: count }) => [name, count])).toEqual([
        ['email', 3],
        ['audit', 7],
        ['typed', 6],
      ]);
    });

    it('says so where there is no exchange, and where there is no queue', async () => {
      expect(await json('publish', 'a', '--data', '{}')).toMatchObject({
        code: 1,
        doc: { error: { code: 'TopicNotFound' } },
      });
      expect(await json('listen', 'email')).toMatchObject({
        code: 1,
        doc: { error: { code: 'QueueNotFound', hint: expect.stringContaining('pubsub setup') } },
      });
    });

    it('refuses an event type that is no routing key, and publishes the others', async () => {
      await run('setup');
      const [longest, tooLong] = [255, 256].map((length) => 'x'.repeat(length));
      for (const [type, code] of [
        [longest, 0],
        [tooLong, 1],
      ] as const) {
        expect((await run('publish', type ?? '', '--data', '{}')).code).toBe(code);
      }
      expect((await depth()).depth).toBe(1);
    });

    it('refuses attributes that RabbitMQ heeds as headers, such as further queues, and publishes the others', async () => {
      payments(
        '{ filterPolicy: { event_type: [a] } }',
        '  audit: { filterPolicy: { event_type: [b] } }\n',
      );
      await run('setup');
      const file = join(pubsub.env.HOME, 'events.jsonl');
      const heeded = ['CC', 'BCC', 'x-death', 'pubsub-subject'];
      const lines = [...heeded, 'cc'].map((name) => ({
        event: { event_type: 'a' },
        attributes: { [name]: { type: 'String.Array', value: '["b"]' } },
      }));
      writeFileSync(file, lines.map((line) => `${JSON.stringify(line)}\n`).join(''));
      const { code, doc } = await json('publish', '--file', file);
      expect({ code, doc }).toMatchObject({
        code: 1,
        doc: {
          published: 1,
          failed: 4,
          failures: heeded.map((name, index) => ({
            line: index + 1,
            code: 'ReservedHeader',
            message: expect.stringContaining(`"${name}"`),
          })),
        },
      });
      const one = await json('publish', 'a', '--data', '{}', '--attribute', 'CC=b');
      expect(one).toMatchObject({ code: 1, doc: { published: 0, failed: 1 } });
      const { doc: status } = await json('status');
      expect(status).toMatchObject({ subscribers: [{ depth: 1 }, { depth: 0 }] });
    });

    it('tries an event again until it is handled, and counts', async () => {
      await run('setup');
      await run('publish', 'a', '--data', '{}');
      const file = handler(
        'export default (event, { receiveCount }) => { if (receiveCount < 3) throw new Error("not yet"); };',
      );
      const { records } = await lines(
        ...['listen', 'email', '--max', '3', '--retry-delay', '0', '--handler', file],
      );
      expect(records.map(({ outcome, receiveCount }) => [outcome, receiveCount])).toEqual([
        ['failed', 1],
        ['failed', 2],
        ['handled', 3],
      ]);
      expect(await depth()).toMatchObject({ depth: 0, dlqDepth: 0 });
    });

    it('sends an event to the dead-letter queue after maxReceiveCount deliveries, and not before', async () => {
      payments('{ dlq: { maxReceiveCount: 1 } }');
      await run('setup');
      await run('publish', 'a', '--data', '{}', '--count', '2');
      const file = handler('export default () => { throw new Error("never"); };');
      const { code, records } = await lines(
        ...['listen', 'email', '--max', '2', '--retry-delay', '0', '--handler', file],
      );
      expect(code).toBe(1);
      expect(records.map(({ outcome }) => outcome)).toEqual(['failed', 'failed']);
      await expect.poll(() => depth()).toMatchObject({ depth: 0, dlqDepth: 2 });
    });

    it('takes as many messages as were asked for, and leaves the others untouched', async () => {
      await run('setup');
      await run('publish', 'a', '--data', '{}', '--count', '5');
      await run('listen', 'email', '--max', '1');
      const { records } = await lines('listen', 'email', '--max', '4');
      expect(records.map(({ receiveCount }) => receiveCount)).toEqual([1, 1, 1, 1]);
    });

    it('finishes what is in hand when it is stopped, and gives the rest back', async () => {
      await run('setup');
      await run('publish', 'a', '--data', '{}', '--count', '3');
      const [begun, go] = ['begun', 'go'].map((name) =>
        join(pubsub.env.HOME, `${rabbit.vhost}-${name}`),
      );
      const file = handler(
        `import { existsSync, writeFileSync } from 'node:fs';
           export default async () => {
             writeFileSync(${JSON.stringify(begun)}, '');
             while (!existsSync(${JSON.stringify(go)})) await new Promise((done) => setTimeout(done, 20));
           };`,
      );
      const listener = pubsub.start(['listen', 'email', '--concurrency', '1', '--handler', file], {
        env: { ...rabbit.env },
      });
      await expect.poll(() => existsSync(begun ?? '')).toBe(true);
      listener.kill('SIGTERM');
      writeFileSync(go ?? '', '');
      const { code, stderr } = await listener.finished;
      expect(code).toBe(0);
      expect(stderr).toContain('1 handled, 1 deleted');
      await expect.poll(async () => (await depth()).depth).toBe(2);
    });

    it('ends a receive that is given up before its channel is open', async () => {
      await run('setup');
      const session = new Session(readBroker(rabbit.env.RABBITMQ_URL, 'the test'));
      const queue = new BrokerQueue(session, 'payments-email-queue', 30);
      const stop = new AbortController();
      const { signal } = stop;
      const received = queue.receive({ max: 1, waitSeconds: 3600, signal });
      stop.abort();
      await expect(received).rejects.toHaveProperty('name', 'AbortError');
      await session.close();
    });

    it('gives up on a broker that is short of memory, and ends', async () => {
      await run('setup');
      await rabbit.server.starve(true);
      const nodes = () => rabbit.server.ask<{ mem_alarm: boolean }[]>('GET', 'nodes');
      await expect.poll(nodes).toMatchObject([{ mem_alarm: true }]);
      const { code, stderr } = await run('publish', 'a', '--data', '{}', '--retry-for', '16s');
      await rabbit.server.starve(false);
      expect(code).toBe(1);
      expect(stderr).toContain('rabbitmq-diagnostics check_local_alarms');
      await expect.poll(nodes).toMatchObject([{ mem_alarm: false }]);
      expect((await run('publish', 'a', '--data', '{}')).code).toBe(0);
    });

    it('goes on when the connection is lost and comes back', async () => {
      const gate = await openGate(rabbit.server.port);
      await run('setup');
      const through = rabbit.envThrough(gate.port);
      const listener = pubsub.start(['listen', 'email', '--max', '2', '--json'], {
        env: { ...through },
      });
      await run('publish', 'a', '--data', '{"n":1}');
      await expect.poll(() => listener.stdout()).toContain('handled');
      await gate.shut();
      await run('publish', 'a', '--data', '{"n":2}');
      await listener.waitFor('Trying again');
      await gate.open();
      const { code, stdout, stderr } = await listener.finished;
      expect(code).toBe(0);
      expect(stderr).toContain('Back after');
      expect(stdout.trim().split('\n')).toHaveLength(2);
      await gate.shut();
    });
  });

  describe('tap', () => {
    it('shows what is published and takes nobody anything, and leaves no queue', async () => {
      await run('setup');
      const before = await rabbit.names('queues');
      const tap = pubsub.start(['tap', '--max', '2', '--json'], { env: { ...rabbit.env } });
      await tap.waitFor('Watching payments');
      await run('publish', 'a.b', '--data', '{"amount":29.990}', '--attribute', 'n:Number=5');
      await rabbit.server.ask('POST', `exchanges/${rabbit.vhost}/payments/publish`, {
        routing_key: '',
        payload: 'text',
        payload_encoding: 'string',
        properties: { headers: { 'pubsub-subject': 'Hello' } },
      });
      const { code, stdout } = await tap.finished;
      expect(code).toBe(0);
      expect(stdout).toContain('"amount":29.990');
      expect(
        stdout
          .trim()
          .split('\n')
          .map((line) => JSON.parse(line)),
      ).toMatchObject([
        { eventType: 'a.b', attributes: { n: { type: 'Number', value: '5' } } },
        { eventType: null, body: 'text', subject: 'Hello' },
      ]);
      expect((await depth()).depth).toBe(2);
      expect(await rabbit.names('queues')).toEqual(before);
    });

    it.each([
      ['--filter', 'event_type=a.b', ['a.b']],
      ['--filter', '{"n":[{"numeric":[">",5]}]}', ['a.b']],
      ['--filter', '{"event_type":[{"anything-but":["a.b"]}]}', ['c', 'typed.x']],
      ['--where', 'amount>=2', ['c']],
      ['--subscriber', 'typed', ['typed.x']],
    ])('shows with %s %s what is meant and nothing else', async (flag, value, types) => {
      payments('{}', '  typed: { filterPolicy: { event_type: [{ prefix: typed. }] } }\n');
      await run('setup');
      const words = ['tap', flag, value, '--json'];
      const tap = pubsub.start(words, { env: { ...rabbit.env } });
      await tap.waitFor('Watching payments');
      await run('publish', 'a.b', '--data', '{"amount":1}', '--attribute', 'n:Number=6');
      await run('publish', 'c', '--data', '{"amount":2}', '--attribute', 'n:Number=5');
      await run('publish', 'typed.x', '--data', '{}');
      // All are in its queue by now, since each was confirmed.
      const shown = () => tap.stdout().trim().split('\n').filter(Boolean);
      await expect.poll(shown).toHaveLength(types.length);
      tap.kill('SIGTERM');
      const { code } = await tap.finished;
      expect(code).toBe(0);
      expect(shown().map((line) => JSON.parse(line).eventType)).toEqual(types);
    });

    it('goes on with a queue made anew when the connection was lost, and says what is missed', async () => {
      const gate = await openGate(rabbit.server.port);
      await run('setup');
      const through = rabbit.envThrough(gate.port);
      const tap = pubsub.start(['tap', '--max', '2', '--json'], { env: { ...through } });
      await tap.waitFor('Watching payments');
      await run('publish', 'a', '--data', '{"n":1}');
      await expect.poll(() => tap.stdout()).toContain('"n":1');
      await gate.shut();
      await tap.waitFor('What is published until it is back is not seen');
      await gate.open();
      await tap.waitFor('Back after');
      await run('publish', 'a', '--data', '{"n":2}');
      const { code, stdout } = await tap.finished;
      await gate.shut();
      expect(code).toBe(0);
      expect(stdout).toContain('"n":2');
    });

    it('says what is missing, and that nothing can be looked back at', async () => {
      expect(await json('tap')).toMatchObject({
        code: 1,
        doc: { error: { code: 'TopicNotFound', hint: expect.stringContaining('pubsub setup') } },
      });
      await rabbit.server.ask('PUT', `exchanges/${rabbit.vhost}/payments`, {
        type: 'topic',
        durable: true,
      });
      expect(await json('tap', '--subscriber', 'email')).toMatchObject({
        code: 1,
        doc: { error: { code: 'NotSubscribed' } },
      });
      expect(await json('tap', '--since', '1h')).toMatchObject({
        code: 2,
        doc: { error: { code: 'NoHistory' } },
      });
      expect(await json('tap', '--topic', 'other')).toMatchObject({
        code: 2,
        doc: { error: { code: 'NotOnRabbitMq' } },
      });
    });
  });

  it('records spans from publish to handler, in one trace', async () => {
    const collector = await startEndpoint();
    await run('setup');
    const exporting = { env: { ...rabbit.env, ...exportTo(collector) } };
    await pubsub.run(['publish', 'paid', '--data', '{}'], exporting);
    await pubsub.run(['listen', 'email', '--max', '1'], exporting);
    const spans = exportedSpans(collector);
    await collector.stop();
    const [published] = spans.filter(({ name }) => name === 'publish payments');
    const [handled] = spans.filter(({ name }) => name === 'process payments-email-queue');
    expect(published).toMatchObject({
      kind: KIND.producer,
      attributes: {
        'messaging.system': 'rabbitmq',
        'messaging.destination.name': 'payments',
      },
    });
    expect(handled).toMatchObject({
      kind: KIND.consumer,
      traceId: published?.traceId,
      parentSpanId: published?.spanId,
      attributes: {
        'messaging.system': 'rabbitmq',
        'messaging.destination.name': 'payments-email-queue',
        'server.address': '127.0.0.1',
      },
    });
    expect(Object.keys(handled?.attributes ?? {}).join()).not.toContain('aws');
  });

  it.skipIf(!hasPika())('works with a client in Python', async () => {
    await run('setup');
    await run('publish', 'payment.captured', '--data', '{"amount":29.990}');
    const script = `
import json, pika, sys
connection = pika.BlockingConnection(pika.URLParameters(sys.argv[1]))
channel = connection.channel()
channel.queue_declare("payments-email-queue", passive=True)
method, properties, body = channel.basic_get("payments-email-queue")
channel.basic_ack(method.delivery_tag)
channel.confirm_delivery()
channel.basic_publish("payments", "payment.refunded", b'{"amount":1.50}',
  pika.BasicProperties(content_type="application/json", delivery_mode=2), mandatory=True)
print(json.dumps([body.decode(), method.routing_key, properties.headers]))
connection.close()
`;
    const read = JSON.parse(
      execFileSync('/usr/bin/python3', ['-c', script, rabbit.env.RABBITMQ_URL], {
        encoding: 'utf8',
      }),
    );
    expect(read).toMatchObject([
      expect.stringContaining('"amount":29.990'),
      'payment.captured',
      { event_type: 'payment.captured' },
    ]);
    const { code, stdout } = await run('listen', 'email', '--max', '1', '--json');
    expect(code).toBe(0);
    expect(stdout).toContain('"amount":1.50');
    expect(JSON.parse(stdout)).toMatchObject({ outcome: 'handled' });
  });
});

function hasPika(): boolean {
  try {
    execFileSync('/usr/bin/python3', ['-c', 'import pika'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}
