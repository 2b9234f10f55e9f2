import { expect, it } from 'vitest';
import { interruptDemo } from '../../fixtures/interrupted-demo.ts';
import { describeOnRabbitMq } from './on-rabbitmq.ts';

const STEPS = [
  ...['setup', 'subscribe', 'create', 'confirm', 'break', 'recover', 'poison', 'redrive'],
  ...['verify', 'cleanup'],
];
const OWN = `topology: payments
topics: { payments: {} }
subscribers:
  ledger: { filterPolicy: { event_type: [payment.captured] } }
  fraud: {}
events:
  payment.captured: { sample: { payment_id: p1 } }
  payment.refunded: { sample: { payment_id: p2 } }
`;
const FAST = ['demo', '--pace', 'fast'];

describeOnRabbitMq('pubsub demo on RabbitMQ', (rabbit) => {
  const { run, json, names, pubsub } = rabbit;
  const nothingLeft = async (): Promise<void> => {
    expect([...(await names('queues')), ...(await names('exchanges'))]).toEqual([]);
  };

  it('shows every service react, breaks and mends, verifies, and leaves nothing', async () => {
    rabbit.topology('{}');
    const { code, stdout, stderr } = await run(...FAST);
    expect(code, stdout + stderr).toBe(0);
    for (const order of [1, 2, 3]) {
      expect(stdout).toContain(
        `email     │ 📧 Sending order confirmation email for order ${order}`,
      );
      expect(stdout).toContain(`inventory │ 📦 Reserving inventory for order ${order}`);
    }
    expect(stdout.match(/analytics │ 📊/g)).toHaveLength(9);
    expect(stdout).toContain('topic exchange order-events');
    expect(stdout).toContain('RabbitMQ has no queue policies');
    expect(stdout).toMatch(/✂ binding removed from demo-\w+-inventory-service-queue: #/);
    expect(stdout).toContain('inventory │ … silent: order.updated (order_id 2) never came');
    expect(stdout).toMatch(
      /\? pubsub doctor: inventory subscription\n {5}the queue is not bound\./,
    );
    expect(stdout.match(/✗ failed on order.updated \(order_id 3\), receive \d/g)).toEqual(
      [1, 2, 3].map((count) => `✗ failed on order.updated (order_id 3), receive ${count}`),
    );
    expect(stdout).toMatch(/moved to demo-\w+-email-service-dlq/);
    expect(stdout).toMatch(/sent back: demo-\w+-email-service-dlq is empty again/);
    expect(stdout).toContain('email     9 of 9 expected events');
    expect(stdout).toContain('inventory 8 of 8 expected events');
    expect(stdout).toContain('7 resources removed, nothing left');
    expect(stdout).toContain('1 delivery lost on purpose, while the binding was gone');
    expect(stdout).not.toMatch(/SNS|SQS|policy/);
    expect(stdout.split('\n').filter((line) => [...line].length > 80)).toEqual([]);
    await nothingLeft();
  });

  it('sums itself up as one JSON document', async () => {
    rabbit.topology('{}');
    const { code, doc } = await json(...FAST);
    expect({ code, doc }).toMatchObject({
      code: 0,
      doc: { ok: true, events: { expected: 26, received: 26, lost: 1 } },
    });
    const { steps } = doc as { steps: { name: string }[] };
    expect(steps.map(({ name }) => name)).toEqual(STEPS);
  });

  it("shows a project's own topology: samples of its events, and whom its bindings leave out", async () => {
    rabbit.topology(OWN);
    const { code, stdout } = await run(...FAST);
    expect(code, stdout).toBe(0);
    expect(stdout).toContain('the queues whose bindings match get a copy');
    expect(stdout).toMatch(/→ payment.refunded {2}payment_id p2\n {5}filtered out for ledger/);
    expect(stdout).toContain('ledger │ handled payment.captured (payment_id p1)');
    expect(stdout).not.toContain('ledger │ handled payment.refunded');
    expect(stdout).toMatch(
      /binding removed from demo-\w+-payments-ledger-queue: payment\.captured/,
    );
    expect(stdout.split('\n').filter((line) => [...line].length > 80)).toEqual([]);
    await nothingLeft();
  });

  it('shows a topology of several topics, and in place of functions who takes their messages', async () => {
    rabbit.topology('{}');
    const platform = await run(...FAST, '--topology', 'platform');
    expect(platform.code, platform.stdout).toBe(0);
    expect(platform.stdout).toContain(
      '✓ 2 topics, 2 dead-letter queues, 2 queues, 3 subscriptions',
    );
    const functions = await run(...FAST, '--topology', 'order-notifications');
    expect(functions.code, functions.stdout).toBe(0);
    expect(functions.stdout).toContain(
      'RabbitMQ has no functions: this process takes what OrderProcessor would.',
    );
    expect(functions.stdout).toContain('orders │ handled order.placed');
    await nothingLeft();
  });

  it('refuses what RabbitMQ has not, before it makes anything', async () => {
    rabbit.topology('{}');
    for (const words of [
      ['--topology', 'weather'],
      ...[['--show-aws'], ['--ui'], ['--via-api'], ['--lang', 'python']],
    ]) {
      const { code, doc } = await json(...FAST, ...words);
      expect({ code, doc }, words.join(' ')).toMatchObject({
        code: 2,
        doc: { error: { code: 'NotOnRabbitMq' } },
      });
    }
    await nothingLeft();
  });

  it('keeps everything with --keep, for cleanup to remove, and never takes names that are there', async () => {
    rabbit.topology(OWN);
    const kept = await run(...FAST, '--keep');
    expect(kept.code, kept.stdout).toBe(0);
    const [, prefix = ''] =
      /Remove it with: pubsub cleanup --prefix (demo-\w+)\n/.exec(kept.stderr) ?? [];
    expect((await json('status', '--prefix', prefix)).doc).toMatchObject({
      topic: { exists: true },
      subscribers: [
        { subscribed: true, depth: 0, dlqDepth: 0 },
        { subscribed: true, depth: 0, dlqDepth: 0 },
      ],
    });
    const again = await run(...FAST, '--prefix', prefix);
    expect(again.code).toBe(2);
    expect(again.stderr).toContain('exists already');
    const { doc } = await json('cleanup', '--prefix', prefix, '--yes');
    expect(doc).toMatchObject({ verified: true, remaining: [] });
    await nothingLeft();
  });

  it('removes what it made when it is interrupted', async () => {
    rabbit.topology('{}');
    const demo = pubsub.start(['demo', '--prefix', 'cut'], { env: { ...rabbit.env } });
    await interruptDemo(demo);
    await nothingLeft();
  });

  it('fails where an event does not come, says which, and removes what it made', async () => {
    rabbit.topology(OWN);
    const demo = pubsub.start(['demo', '--prefix', 'bad'], { env: { ...rabbit.env } });
    await demo.waitFor('listens on bad-payments-fraud-queue');
    await rabbit.server.ask(
      'DELETE',
      `bindings/${rabbit.vhost}/e/bad-payments/q/bad-payments-fraud-queue/%23`,
    );
    const { code, stdout } = await demo.finished;
    expect(code).toBe(1);
    expect(stdout).toContain('payment.captured (payment_id p1) did not reach fraud within 30 s');
    expect(stdout).toContain('Failed: publish');
    await nothingLeft();
  });
});
