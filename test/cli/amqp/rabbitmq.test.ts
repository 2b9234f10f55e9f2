import { execFileSync } from 'node:child_process';
import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { BrokerQueue } from '../../../src/lib/amqp/broker-queue.ts';
import { Management } from '../../../src/lib/amqp/management.ts';
import { Session } from '../../../src/lib/amqp/session.ts';
import { readBroker } from '../../../src/lib/config/broker.ts';
import { startEndpoint } from '../../fixtures/http-endpoint.ts';
import { exportedSpans, exportTo, KIND } from '../../fixtures/otlp.ts';
import { openGate } from '../../fixtures/tcp-gate.ts';
import { describeOnRabbitMq } from './on-rabbitmq.ts';

describeOnRabbitMq('RabbitMQ', (rabbit) => {
  const { pubsub, run, json } = rabbit;
  beforeEach(() => topology('{}'));

  const lines = async (...args: string[]) => {
    const { code, stdout } = await run(...args, '--json');
    const records = stdout.trim().split('\n').filter(Boolean);
    return { code, records: records.map((line) => JSON.parse(line)) };
  };
  const topology = (email: string, more = ''): void =>
    rabbit.topology(
      `topology: payments\ntopics: { payments: {} }\nsubscribers:\n  email: ${email}\n${more}`,
    );
  // Of a name of its own: modules are loaded once.
  const handler = (code: string): string => {
    const file = join(pubsub.env.HOME, `${rabbit.vhost}.mjs`);
    writeFileSync(file, code);
    return file;
  };
  const bindings = async (queue: string): Promise<string[]> => {
    const found = await rabbit.server.ask<{ source: string; routing_key: string }[]>(
      'GET',
      `queues/${rabbit.vhost}/${queue}/bindings`,
    );
    return found.filter(({ source }) => source !== '').map(({ routing_key }) => routing_key);
  };
  const depth = async (): Promise<{ depth: number; dlqDepth: number }> => {
    const { doc } = await json('status');
    return (
      (doc as { subscribers: { depth: number; dlqDepth: number }[] }).subscribers[0] ?? never()
    );
  };

  describe('setup', () => {
    it('plans, makes, changes nothing the second time, and is undone by cleanup', async () => {
      const planned = await json('setup', '--dry-run', '--exit-code');
      expect(planned.code).toBe(3);
      expect(await rabbit.names('queues')).toEqual([]);
      const made = await json('setup');
      expect(made).toMatchObject({
        code: 0,
        doc: {
          target: 'rabbitmq',
          endpoint: `amqp://127.0.0.1:${rabbit.server.port}/${rabbit.vhost}`,
          topic: { name: 'payments', arn: null },
          subscribers: [{ name: 'email', queueUrl: expect.stringMatching(/email-queue$/) }],
          changes: [
            { action: 'create', type: 'topic', name: 'payments' },
            { action: 'create', type: 'dlq' },
            { action: 'create', type: 'queue' },
            { action: 'create', type: 'subscription' },
          ],
        },
      });
      const again = await json('setup', '--dry-run', '--exit-code');
      expect(again.code).toBe(0);
      const status = await json('status');
      expect(status.doc).toMatchObject({
        topic: { exists: true },
        subscribers: [{ subscribed: true, depth: 0, inFlight: 0, dlqDepth: 0, consumers: 0 }],
      });
      const gone = await json('cleanup', '--yes');
      expect(gone).toMatchObject({
        code: 0,
        doc: {
          deleted: [{ type: 'topic' }, { type: 'queue' }, { type: 'dlq' }],
          remaining: [],
          verified: true,
        },
      });
      expect(await rabbit.names('queues')).toEqual([]);
    });

    it('adds the binding that is missing, and takes away the one that a filter no longer has', async () => {
      topology('{ filterPolicy: { event_type: [a.b, { prefix: c. }] } }');
      await run('setup');
      expect((await bindings('payments-email-queue')).sort()).toEqual(['a.b', 'c.*.#']);
      topology('{ filterPolicy: { event_type: [a.b, d] } }');
      const plan = await json('setup', '--dry-run', '--exit-code');
      expect(plan).toMatchObject({ code: 3 });
      expect((plan.doc as { changes: unknown[] }).changes.at(-1)).toMatchObject({
        action: 'update',
        differences: [{ setting: 'binding keys', from: 'a.b, c.*.#', to: 'a.b, d' }],
      });
      expect((await run('setup')).code).toBe(0);
      expect((await bindings('payments-email-queue')).sort()).toEqual(['a.b', 'd']);
    });

    it('says what of a queue can not be changed, and changes nothing', async () => {
      await run('setup');
      topology('{ dlq: { maxReceiveCount: 4 }, filterPolicy: { event_type: [a] } }');
      const { code, doc } = await json('setup');
      expect({ code, doc }).toMatchObject({
        code: 1,
        doc: {
          error: {
            code: 'Immutable',
            message: expect.stringContaining('x-delivery-limit is 2 and should be 3'),
          },
        },
      });
      expect(await bindings('payments-email-queue')).toEqual(['#']);
    });

    it('leaves what others made to them', async () => {
      await rabbit.server.ask('PUT', `exchanges/${rabbit.vhost}/payments`, {
        type: 'topic',
        durable: true,
      });
      const { code, stderr } = await run('setup');
      expect(stderr).toContain('payments was made by somebody else');
      expect(code).toBe(0);
      const { doc } = await json('cleanup', '--yes');
      expect(doc).toMatchObject({
        remaining: [{ type: 'topic', name: 'payments', ours: false }],
        verified: true,
      });
      expect((await json('cleanup', '--yes', '--include-untagged')).doc).toMatchObject({
        deleted: [{ type: 'topic', name: 'payments' }],
      });
    });

    it('says so where an exchange or a vhost is gone by the time it is needed', async () => {
      const broker = readBroker(rabbit.env.RABBITMQ_URL, 'the test', rabbit.server.managementUrl);
      const management = new Management(broker);
      const elsewhere = new Management({ ...broker, vhost: 'gone' });
      const gone = ['bindings', 'e', 'gone', 'q', 'gone'] as const;
      const refused = (what: string) => ({
        code: 'Refused',
        message: expect.stringContaining(`RabbitMQ refused ${what}: `),
      });
      await expect(management.post(gone, { routing_key: '#' })).rejects.toMatchObject(
        refused(`POST bindings/${rabbit.vhost}/e/gone/q/gone`),
      );
      await expect(elsewhere.put(['queues', 'q'], {})).rejects.toMatchObject(
        refused('PUT queues/gone/q'),
      );
      expect(await management.get(['queues', 'gone'])).toBeUndefined();
      expect(await management.delete(['queues', 'gone'])).toBeUndefined();
    });

    it.each([
      ['{ filterPolicy: { amount: [{ numeric: [">", 5] }] } }', 'it asks for "amount"'],
      ['{ filterPolicy: { event_type: [{ anything-but: [a] }] } }', 'anything-but'],
      [
        '{ filterPolicy: { event_type: [a] }, filterPolicyScope: MessageBody }',
        'it looks into the body',
      ],
      ['{ filterPolicy: { event_type: [{ prefix: ab }] } }', 'no pattern of words'],
      ['{ filterPolicy: { event_type: ["a.*"] } }', 'no pattern of words'],
      ['{ delay: 5s }', 'delays its messages'],
    ])('refuses %s, which no broker can do', async (email, why) => {
      topology(email);
      const { code, doc } = await json('setup');
      expect({ code, doc }).toMatchObject({
        code: 2,
        doc: { error: { code: 'NotOnRabbitMq', message: expect.stringContaining(why) } },
      });
      expect(await rabbit.names('queues')).toEqual([]);
    });
  });

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
      topology(
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
      topology(
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
      topology('{ dlq: { maxReceiveCount: 1 } }');
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
      topology('{}', '  typed: { filterPolicy: { event_type: [{ prefix: typed. }] } }\n');
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

  describe('dlq', () => {
    interface Got {
      readonly payload: string;
      readonly routing_key: string;
      readonly properties: { readonly headers: Readonly<Record<string, unknown>> };
    }
    const [QUEUE, DLQ] = ['payments-email-queue', 'payments-email-dlq'];
    /** Looks into a queue, or takes what is there. */
    const get = (queue: string, ackmode: string, count = 1000): Promise<Got[]> =>
      rabbit.server.ask('POST', `queues/${rabbit.vhost}/${queue}/get`, {
        count,
        ackmode,
        encoding: 'base64',
      });
    const numbersIn = async (queue: string): Promise<number[]> =>
      (await get(queue, 'ack_requeue_true')).map(
        ({ payload }) => JSON.parse(Buffer.from(payload, 'base64').toString()).n,
      );
    const publish = (payload: string, more: object = {}, key = 'paid'): Promise<unknown> =>
      rabbit.server.ask('POST', `exchanges/${rabbit.vhost}/payments/publish`, {
        routing_key: key,
        payload,
        payload_encoding: 'string',
        properties: { delivery_mode: 2 },
        ...more,
      });
    /** Sends messages to the dead-letter queue as a consumer does that rejects them. */
    const reject = async (): Promise<void> => {
      for (let dead = 0; ; ) {
        // RabbitMQ 3.10 moves 33 of those that are rejected at once, and the others when something else happens.
        const { length } = await get(QUEUE, 'reject_requeue_false', 20);
        if (length === 0) return;
        dead += length;
        await expect.poll(async () => (await depth()).dlqDepth).toBe(dead);
      }
    };
    const deadLetters = async (count: number): Promise<void> => {
      await run('setup');
      for (let n = 1; n <= count; n++) {
        await publish(`{"n":${n}}`, { properties: { message_id: `id-${n}`, delivery_mode: 2 } });
      }
      await reject();
    };

    it('shows them with what the broker knows, and leaves order and number as they were', async () => {
      const count = 45;
      await deadLetters(count);
      const shown = async (...words: string[]): Promise<number[]> => {
        const { code, doc } = await json('dlq', 'show', 'email', ...words);
        expect(code).toBe(0);
        expect(doc).toMatchObject({ depth: count });
        return (doc as { messages: { event: { n: number } }[] }).messages.map(
          ({ event }) => event.n,
        );
      };
      const all = Array.from({ length: count }, (_, index) => index + 1);
      expect(await shown('--max', '3')).toEqual([1, 2, 3]);
      expect(await shown('--where', 'n>40')).toEqual([41, 42, 43, 44, 45]);
      expect(await shown('--max', '100')).toEqual(all);
      expect(await shown('--max', '100')).toEqual(all);
      const { doc } = await json('dlq', 'show', 'email', '--max', '1');
      expect(doc).toMatchObject({
        messages: [
          {
            messageId: 'id-1',
            eventType: 'paid',
            event: { n: 1 },
            sourceQueue: QUEUE,
            reason: expect.stringContaining('(rejected)'),
            reasonBy: 'rabbitmq',
          },
        ],
      });
      expect((await json('dlq', 'ls')).doc).toMatchObject({
        subscribers: [{ name: 'email', dlq: DLQ, depth: count, inFlight: null }],
      });
    });

    it('sends back by id, by filter, and all, in their order, and none in a dry run', async () => {
      await deadLetters(6);
      const redriven = async (...words: string[]): Promise<unknown> =>
        ((await json('dlq', 'redrive', 'email', ...words)).doc as { redriven: unknown }).redriven;
      expect(await redriven('--dry-run')).toBe(0);
      expect(await redriven('--id', 'id-4')).toBe(1);
      expect(await redriven('--where', 'n>=5', '--max', '1')).toBe(1);
      expect(await numbersIn(DLQ)).toEqual([1, 2, 3, 6]);
      expect(await redriven()).toBe(4);
      expect(await numbersIn(QUEUE)).toEqual([4, 5, 1, 2, 3, 6]);
      expect(await redriven()).toBe(0);
      // They die again, and come back again: what is left of the first death is no circle.
      await reject();
      expect(await redriven()).toBe(6);
      const [first] = await get(QUEUE, 'ack_requeue_true');
      expect(Object.keys(first?.properties.headers ?? {})).not.toContain('x-death');
    });

    it('sends back what other clients published to the letter, with its type', async () => {
      await run('setup');
      const bytes = Buffer.from([0, 255, 128, 10]).toString('base64');
      const properties = {
        delivery_mode: 2,
        content_type: 'application/x-thing',
        user_id: 'guest',
        headers: { tenant: 'north', CC: ['payments-email-dlq'], nested: { a: [1, 'b'] } },
      };
      await publish(bytes, { payload_encoding: 'base64', properties }, 'thing.made');
      await reject();
      expect((await run('dlq', 'redrive', 'email')).code).toBe(0);
      const [back, ...others] = await get(QUEUE, 'ack_requeue_true');
      expect(others).toEqual([]);
      expect(back).toMatchObject({
        payload: bytes,
        properties: {
          content_type: 'application/x-thing',
          headers: { tenant: 'north', nested: { a: [1, 'b'] }, event_type: 'thing.made' },
        },
      });
    });

    it('keeps dead letters whose destination is missing, and sends them where it is told to', async () => {
      await deadLetters(2);
      const to = (name: string) => json('dlq', 'redrive', 'email', '--to', name);
      expect(await to('elsewhere')).toMatchObject({
        code: 1,
        doc: { error: { code: 'QueueNotFound' } },
      });
      expect(await numbersIn(DLQ)).toEqual([1, 2]);
      await rabbit.server.ask('PUT', `queues/${rabbit.vhost}/elsewhere`, { durable: true });
      expect(await to('elsewhere')).toMatchObject({ code: 0, doc: { redriven: 2 } });
      expect(await numbersIn('elsewhere')).toEqual([1, 2]);
    });

    it('drops chosen ones and all', async () => {
      await deadLetters(4);
      expect((await json('dlq', 'purge', 'email')).code).toBe(2);
      expect(await json('dlq', 'purge', 'email', '--where', 'n>3', '--yes')).toMatchObject({
        code: 0,
        doc: { purged: 1 },
      });
      expect(await numbersIn(DLQ)).toEqual([1, 2, 3]);
      expect(await json('dlq', 'purge', 'email', '--yes')).toMatchObject({
        code: 0,
        doc: { purged: 3 },
      });
      expect(await numbersIn(DLQ)).toEqual([]);
    });

    it('asks before it looks into a queue whose messages a look may drop', async () => {
      const limited = { 'x-queue-type': 'quorum', 'x-delivery-limit': 2 };
      await rabbit.server.ask('PUT', `queues/${rabbit.vhost}/${DLQ}`, {
        durable: true,
        arguments: limited,
      });
      const show = (...words: string[]) => json('dlq', 'show', 'email', ...words);
      expect(await show()).toMatchObject({ code: 2 });
      expect(await show('--yes')).toMatchObject({ code: 0 });
    });

    it('says what is missing', async () => {
      expect(await json('dlq', 'show', 'email')).toMatchObject({
        code: 1,
        doc: { error: { code: 'QueueNotFound', hint: expect.stringContaining('pubsub setup') } },
      });
    });
  });

  describe('doctor', () => {
    const doctor = async (...words: string[]) => {
      const { code, doc } = await json('doctor', ...words);
      const { checks } = doc as {
        checks: { id: string; subject: string; verdict: string; evidence: string; fix: string }[];
      };
      return { code, checks, bad: checks.filter(({ verdict }) => verdict !== 'ok') };
    };
    const OTHER = 'payments-email-queue';

    it('finds all well after setup, and says what to do before', async () => {
      const before = await doctor();
      expect(before.code).toBe(3);
      expect(before.bad.map(({ id }) => id)).toEqual(['topic', 'queue']);
      expect(before.bad[0]?.fix).toContain('pubsub setup');
      await run('setup');
      const after = await doctor('--event-type', 'paid');
      expect(after).toMatchObject({ code: 0, bad: [] });
      expect(after.checks.map(({ id }) => id)).toEqual([
        ...['credentials', 'permissions', 'alarms', 'topic', 'routing', 'subscription'],
        ...['queue', 'redrive', 'consumers', 'dead-letters', 'filter'],
      ]);
    });

    it('finds a binding that is missing, and that nobody gets what is published', async () => {
      await run('setup');
      await rabbit.server.ask('DELETE', `bindings/${rabbit.vhost}/e/payments/q/${OTHER}/%23`);
      const { code, bad } = await doctor();
      expect(code).toBe(3);
      expect(bad.map(({ id }) => id)).toEqual(['routing', 'subscription']);
    });

    it('mends what RabbitMQ lets it, says how the rest is changed, and loses no message', async () => {
      await run('setup');
      await run('publish', 'a', '--data', '{}');
      expect(await json('doctor', '--fix')).toMatchObject({ doc: { fixed: [] } });
      await rabbit.server.ask('DELETE', `bindings/${rabbit.vhost}/e/payments/q/${OTHER}/%23`);
      await rabbit.server.ask('POST', `bindings/${rabbit.vhost}/e/payments/q/${OTHER}`, {
        routing_key: 'old',
      });
      await rabbit.server.ask('DELETE', `queues/${rabbit.vhost}/payments-email-dlq`);
      topology('{ dlq: { maxReceiveCount: 5 } }');
      const { code, doc } = await json('doctor', '--fix');
      expect({ code, doc }).toMatchObject({
        code: 3,
        doc: {
          fixed: [
            { action: 'create', type: 'dlq', name: 'payments-email-dlq' },
            { action: 'update', type: 'subscription', name: OTHER },
          ],
        },
      });
      const { bad } = await doctor();
      expect(bad.map(({ id }) => id)).toEqual(['redrive', 'consumers']);
      expect(bad[0]?.evidence).toContain(`delete_queue -p ${rabbit.vhost} ${OTHER}; pubsub setup`);
      expect(await bindings(OTHER)).toEqual(['#']);
      expect(await depth()).toMatchObject({ depth: 1, dlqDepth: 0 });
    });

    it('says once with --fix what it can not mend', async () => {
      await run('setup');
      await run('publish', 'a', '--data', '{}');
      await rabbit.server.ask('DELETE', `bindings/${rabbit.vhost}/e/payments/q/${OTHER}/%23`);
      const { code, stdout } = await run('doctor', '--fix');
      expect(code).toBe(0);
      expect(stdout.match(/nobody receives/g)).toHaveLength(1);
      expect(stdout.match(/the queue is not bound/g)).toHaveLength(1);
      const again = await run('doctor', '--fix');
      expect(again.stderr).toContain('There is nothing that --fix may change');
      expect(again.stdout.match(/nobody receives/g)).toHaveLength(1);
    });

    it('makes anew with --fix what is gone altogether', async () => {
      const { code, doc } = await json('doctor', '--fix');
      const { fixed } = doc as { fixed: unknown[] };
      expect({ code, fixed: fixed.length }).toEqual({ code: 0, fixed: 4 });
      topology('{ filterPolicy: { amount: [1] } }');
      expect(await json('doctor', '--fix')).toMatchObject({
        code: 2,
        doc: { error: { code: 'NotOnRabbitMq' } },
      });
    });

    it('says by which filter an event does not come', async () => {
      topology('{ filterPolicy: { event_type: [{ prefix: order. }] } }');
      await run('setup');
      expect((await doctor('--event-type', 'order.a.b')).code).toBe(0);
      const { code, bad } = await doctor('--event-type', 'order');
      expect(code).toBe(3);
      expect(bad).toMatchObject([
        { id: 'routing', verdict: 'warn' },
        { id: 'filter', verdict: 'fail', evidence: expect.stringContaining('order.*.#') },
      ]);
    });

    it('finds messages that nobody receives, dead letters, and a limit that is another', async () => {
      topology('{ dlq: { maxReceiveCount: 1 } }');
      await run('setup');
      await run('publish', 'a', '--data', '{}');
      const file = handler('export default () => { throw new Error("never"); };');
      await run('listen', 'email', '--max', '1', '--retry-delay', '0', '--handler', file);
      await expect.poll(depth).toMatchObject({ dlqDepth: 1 });
      await run('publish', 'a', '--data', '{}');
      topology('{ dlq: { maxReceiveCount: 5 } }');
      const { code, bad } = await doctor();
      expect(code).toBe(3);
      expect(bad).toMatchObject([
        {
          id: 'redrive',
          verdict: 'fail',
          evidence: expect.stringContaining('x-delivery-limit is 0'),
        },
        { id: 'consumers', verdict: 'warn', fix: expect.stringContaining('listen email') },
        {
          id: 'dead-letters',
          verdict: 'fail',
          fix: expect.stringContaining('dlq redrive email'),
        },
      ]);
    });

    it('reads what the user may do, and does not fail where that is not told', async () => {
      await run('setup');
      await rabbit.server.ask('PUT', 'users/reader', { password: 'reader', tags: 'management' });
      const grant = { configure: '', write: '', read: '.*' };
      await rabbit.server.ask('PUT', `permissions/${rabbit.vhost}/reader`, grant);
      const target = ['--target', rabbit.env.RABBITMQ_URL.replace('guest:guest', 'reader:reader')];
      const asReader = await doctor(...target);
      expect(asReader).toMatchObject({
        code: 0,
        bad: [
          { id: 'permissions', verdict: 'unknown' },
          { id: 'alarms', verdict: 'unknown' },
        ],
      });
      await rabbit.server.ask('PUT', 'users/reader', { password: 'reader', tags: 'administrator' });
      const { code, bad } = await doctor(...target);
      expect(code).toBe(3);
      expect(bad).toMatchObject([
        { id: 'permissions', evidence: expect.stringContaining('may not publish to "payments"') },
      ]);
    });

    it('finds an alarm', async () => {
      await run('setup');
      await rabbit.server.starve(true);
      const nodes = () => rabbit.server.ask<{ mem_alarm: boolean }[]>('GET', 'nodes');
      await expect.poll(nodes).toMatchObject([{ mem_alarm: true }]);
      const { code, bad } = await doctor();
      await rabbit.server.starve(false);
      await expect.poll(nodes).toMatchObject([{ mem_alarm: false }]);
      expect(code).toBe(3);
      expect(bad).toMatchObject([{ id: 'alarms', verdict: 'fail' }]);
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

  describe('who one is', () => {
    it('never shows the password', async () => {
      const url = rabbit.env.RABBITMQ_URL.replace('guest:guest', 'guest:s3cret');
      const { code, stdout, stderr } = await pubsub.run(['setup', '--target', url, '--verbose'], {
        env: { RABBITMQ_MANAGEMENT_URL: rabbit.env.RABBITMQ_MANAGEMENT_URL },
      });
      expect(code).toBe(4);
      expect(stderr).toContain('refuses the user guest');
      expect(stdout + stderr).not.toContain('s3cret');
      const good = await pubsub.run(['setup', '--target', rabbit.env.RABBITMQ_URL], {
        env: { RABBITMQ_MANAGEMENT_URL: rabbit.env.RABBITMQ_MANAGEMENT_URL },
      });
      expect(good.code).toBe(0);
      expect(good.stderr).toContain('guest:***@');
      expect(good.stdout + good.stderr).not.toContain('guest:guest');
    });

    it('keeps no password in a file, and shows none of a mistyped target', async () => {
      for (const words of [
        ['use', 'amqp://guest:s3cret@localhost'],
        ['use', '--target', 'amqp://guest:s3cret@localhost'],
        ['status', '--target', 'ampq://guest:s3cret@localhost'],
        ['status', '--endpoint-url', 'amqp://guest:s3cret@localhost'],
        ['status', '--target', 'amqp://guest:s3cret@localhost:x'],
      ]) {
        const { code, stdout, stderr } = await pubsub.run(words);
        expect(code).toBe(2);
        expect(stdout + stderr).not.toContain('s3cret');
      }
      expect((await run('use', 'rabbitmq')).code).toBe(0);
      const { code } = await pubsub.run(['status'], {
        env: { ...rabbit.env, PUBSUB_TARGET: undefined },
      });
      await run('use', '--reset');
      expect(code).toBe(0);
    });

    it('says which vhost is missing, and where nobody answers', async () => {
      const elsewhere = (url: string) =>
        pubsub.json(['status'], { env: { ...rabbit.env, RABBITMQ_URL: url } });
      expect(
        await elsewhere(rabbit.env.RABBITMQ_URL.replace(rabbit.vhost, 'nowhere')),
      ).toMatchObject({
        code: 4,
        doc: { error: { code: 'VhostNotFound' } },
      });
      expect(await elsewhere('amqp://127.0.0.1:1')).toMatchObject({
        code: 1,
        doc: { error: { code: 'EndpointUnreachable' } },
      });
      const other = await startEndpoint();
      const status = await pubsub.json(['status'], {
        env: { ...rabbit.env, RABBITMQ_MANAGEMENT_URL: other.url },
      });
      await other.stop();
      expect(status).toMatchObject({
        code: 1,
        doc: { error: { code: 'ManagementUnreachable' } },
      });
    });

    it.each([
      'trace x',
      'replay --since 1h',
      'deploy status',
      'alarms ls',
      'ls',
      'serve',
      'setup --print-env dotenv',
    ])('says in words that %s is not for RabbitMQ', async (words) => {
      expect(await json(...words.split(' '))).toMatchObject({
        code: 2,
        doc: { error: { code: 'NotOnRabbitMq' } },
      });
    });
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

function never(): never {
  throw new Error('there is no subscriber');
}
