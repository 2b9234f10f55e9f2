import { describe, expect, it } from 'vitest';
import { describeOnRabbitMq } from './on-rabbitmq.ts';

interface Doctor {
  readonly checks: readonly {
    readonly id: string;
    readonly subject: string;
    readonly verdict: string;
    readonly evidence: string;
  }[];
  readonly skipped: readonly { readonly id: string; readonly subject: string }[];
  readonly probe: readonly object[];
}

const FILTERED = `topology: payments
topics: { payments: {} }
subscribers:
  ledger: { filterPolicy: { event_type: [payment.captured] } }
  refunds: { filterPolicy: { event_type: [{ prefix: refund. }] } }
  audit: {}
events:
  payment.captured: { sample: { payment_id: p1 } }
  payment.refused: { sample: { payment_id: p2 } }
`;
const LEDGER = 'payments-ledger-queue';

describeOnRabbitMq('pubsub doctor --probe on RabbitMQ', (rabbit) => {
  const { run, json, names, pubsub } = rabbit;
  const probe = async (...words: string[]) => {
    const { code, doc } = await json('doctor', '--probe', ...words);
    const { checks, skipped, probe: results } = doc as Doctor;
    return {
      code,
      results,
      probes: checks.filter(({ id }) => id === 'probe'),
      skipped: skipped.filter(({ id }) => id === 'probe'),
    };
  };
  const all = async (): Promise<string[]> => [
    ...(await names('queues')),
    ...(await names('exchanges')),
  ];
  const bindings = (queue: string): string => `bindings/${rabbit.vhost}/e/payments/q/${queue}`;

  it('compares what comes with what the file says, shows it to no service, and leaves nothing', async () => {
    rabbit.topology(FILTERED);
    await run('setup');
    const before = await all();

    const { code, results, probes } = await probe();

    expect(code).toBe(0);
    expect(probes).toMatchObject([
      {
        subject: 'ledger',
        verdict: 'ok',
        evidence: expect.stringMatching(
          /^payment\.captured came through in \d+ ms, confirmed after \d+ ms\. payment\.refused, refund\.any stayed out, as the filter says\.$/,
        ),
      },
      { subject: 'refunds', evidence: expect.stringMatching(/^refund\.any came through/) },
      {
        subject: 'audit',
        evidence: expect.stringMatching(
          /^payment\.captured, payment\.refused, refund\.any came through/,
        ),
      },
    ]);
    const outcomes = { delivered: true, filtered: false };
    expect(results).toEqual(
      [
        ['ledger', 'delivered', 'filtered', 'filtered'],
        ['refunds', 'filtered', 'filtered', 'delivered'],
        ['audit', 'delivered', 'delivered', 'delivered'],
      ].flatMap(([subscriber, ...each]) =>
        ['payment.captured', 'payment.refused', 'refund.any'].map((event, index) => ({
          subscriber,
          outcome: each[index],
          event,
          expected: outcomes[each[index] as keyof typeof outcomes],
          publishMs: expect.any(Number),
          toQueueMs: null,
          totalMs: each[index] === 'delivered' ? expect.any(Number) : null,
        })),
      ),
    );
    expect(await all()).toEqual(before);
    const { doc } = await json('status');
    expect(doc).toMatchObject({
      subscribers: [
        { depth: 0, dlqDepth: 0 },
        { depth: 0, dlqDepth: 0 },
        { depth: 0, dlqDepth: 0 },
      ],
    });
  });

  it('finds what does not come, and what comes and should not', async () => {
    rabbit.topology(FILTERED);
    await run('setup');
    await rabbit.server.ask('POST', bindings(LEDGER), { routing_key: '*.refused' });
    await rabbit.server.ask('DELETE', `${bindings(LEDGER)}/payment.captured`);

    const { code, probes } = await probe('ledger');

    expect(code).toBe(3);
    expect(probes).toMatchObject([
      {
        verdict: 'fail',
        evidence:
          'payment.captured never came to a queue that is bound like this one. payment.refused came to a queue that is bound like this one, and by the file should not.',
      },
    ]);
  });

  it('sends the event that is missing and no other', async () => {
    rabbit.topology(FILTERED);
    await run('setup');
    const { results } = await probe('--event-type', 'payment.refused');
    expect(results).toMatchObject([
      { subscriber: 'ledger', event: 'payment.refused', outcome: 'filtered' },
      { subscriber: 'refunds', outcome: 'filtered' },
      { subscriber: 'audit', outcome: 'delivered' },
    ]);
  });

  it('goes through each of several topics, and without event types through each filter', async () => {
    rabbit.topology(`topology: shop
topics: { orders: {}, stock: {} }
subscribers:
  mail: { from: [orders, stock] }
  store: { from: stock, filterPolicy: { event_type: [{ exists: true }] } }
`);
    await run('setup');
    const { code, probes, results } = await probe();
    expect(code).toBe(0);
    expect(probes.map(({ subject, evidence }) => `${subject} ${evidence}`)).toEqual([
      expect.stringMatching(/^mail orders: an event without a type came through in/),
      expect.stringMatching(/^mail stock: an event without a type, any came through in/),
      expect.stringMatching(
        /^store stock: any came through in .* an event without a type stayed out/,
      ),
    ]);
    expect(results).toHaveLength(5);
  });

  it('says whose queue is not bound, and sends nothing where there is nothing', async () => {
    rabbit.topology(FILTERED);
    const before = await probe();
    expect(before).toMatchObject({ code: 3, results: [], probes: [] });
    expect(before.skipped.map(({ subject }) => subject)).toEqual(['ledger', 'refunds', 'audit']);
    await run('setup');
    await rabbit.server.ask('DELETE', `${bindings(LEDGER)}/payment.captured`);
    const { skipped, probes } = await probe();
    expect(skipped).toMatchObject([
      { subject: 'ledger', because: `queue "${LEDGER}" is not bound to "payments"` },
    ]);
    expect(probes.map(({ subject, verdict }) => [subject, verdict])).toEqual([
      ['refunds', 'ok'],
      ['audit', 'ok'],
    ]);
  });

  it('says what the user may not do', async () => {
    rabbit.topology(FILTERED);
    await run('setup');
    await rabbit.server.ask('PUT', 'users/probing', { password: 'probing', tags: 'management' });
    await rabbit.server.ask('PUT', `permissions/${rabbit.vhost}/probing`, {
      configure: '^payments',
      write: '.*',
      read: '.*',
    });
    const url = rabbit.env.RABBITMQ_URL.replace('guest:guest', 'probing:probing');
    const { code, probes } = await probe('--target', url);
    expect(code).toBe(3);
    expect(probes).toMatchObject([
      {
        verdict: 'fail',
        evidence: expect.stringMatching(/probing may not make "pubsub-probe-\w+"/),
      },
    ]);
  });

  it('removes the exchange of a probe that was killed before it was bound, once it has expired', async () => {
    rabbit.topology(FILTERED);
    await run('setup');
    const left = (name: string, expires: number): Promise<unknown> =>
      rabbit.server.ask('PUT', `exchanges/${rabbit.vhost}/${name}`, {
        type: 'topic',
        auto_delete: true,
        arguments: {
          'managed-by': 'pubsub',
          'pubsub:topology': 'payments',
          'pubsub:temporary': 'probe',
          'pubsub:expires': new Date(expires).toISOString(),
        },
      });
    await left('pubsub-probe-00000001', Date.now() - 1000);
    await left('pubsub-probe-00000002', Date.now() + 60_000);
    expect((await probe()).code).toBe(0);
    expect(await names('exchanges')).toEqual(['payments', 'pubsub-probe-00000002']);
  });

  describe('cut short while the broker confirms nothing', () => {
    /** A probe that waits for a confirm. */
    const waiting = async () => {
      rabbit.topology(FILTERED);
      await run('setup');
      const before = await all();
      await rabbit.server.starve(true);
      const nodes = () => rabbit.server.ask<{ mem_alarm: boolean }[]>('GET', 'nodes');
      await expect.poll(nodes).toMatchObject([{ mem_alarm: true }]);
      const probing = pubsub.spawn(['doctor', '--probe'], { env: { ...rabbit.env } });
      // The exchange, and a queue for each of three subscribers.
      await expect.poll(async () => (await all()).length).toBe(before.length + 4);
      return { before, probing };
    };

    it('leaves nothing when it is killed', async () => {
      const { before, probing } = await waiting();
      probing.child.kill('SIGKILL');
      await probing.finished;
      await rabbit.server.starve(false);
      await expect.poll(all).toEqual(before);
    });

    it('leaves nothing when it is interrupted, and says so', async () => {
      const { before, probing } = await waiting();
      probing.kill('SIGINT');
      const { code, stderr } = await probing.finished;
      await rabbit.server.starve(false);
      expect(code).toBe(130);
      expect(stderr).toContain('Interrupted: the copy of the exchange');
      await expect.poll(all).toEqual(before);
    });
  });
});
