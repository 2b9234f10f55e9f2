import { describe, expect, it } from 'vitest';
import { Management } from '../../../src/lib/amqp/management.ts';
import { readBroker } from '../../../src/lib/config/broker.ts';
import { startEndpoint } from '../../fixtures/http-endpoint.ts';
import { describePayments } from './payments.ts';

describePayments('a topology on RabbitMQ', (rabbit) => {
  const { pubsub, run, json, payments, bindings } = rabbit;

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
      payments('{ filterPolicy: { event_type: [a.b, { prefix: c. }] } }');
      await run('setup');
      expect((await bindings('payments-email-queue')).sort()).toEqual(['a.b', 'c.*.#']);
      payments('{ filterPolicy: { event_type: [a.b, d] } }');
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
      payments('{ dlq: { maxReceiveCount: 4 }, filterPolicy: { event_type: [a] } }');
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
      payments(email);
      const { code, doc } = await json('setup');
      expect({ code, doc }).toMatchObject({
        code: 2,
        doc: { error: { code: 'NotOnRabbitMq', message: expect.stringContaining(why) } },
      });
      expect(await rabbit.names('queues')).toEqual([]);
    });
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
});
