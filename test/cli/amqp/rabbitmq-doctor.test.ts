import { expect, it } from 'vitest';
import { describePayments } from './payments.ts';

describePayments('doctor on RabbitMQ', (rabbit) => {
  const { run, json, payments, handler, bindings, depth } = rabbit;

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
    payments('{ dlq: { maxReceiveCount: 5 } }');
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
    payments('{ filterPolicy: { amount: [1] } }');
    expect(await json('doctor', '--fix')).toMatchObject({
      code: 2,
      doc: { error: { code: 'NotOnRabbitMq' } },
    });
  });

  it('says by which filter an event does not come', async () => {
    payments('{ filterPolicy: { event_type: [{ prefix: order. }] } }');
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
    payments('{ dlq: { maxReceiveCount: 1 } }');
    await run('setup');
    await run('publish', 'a', '--data', '{}');
    const file = handler('export default () => { throw new Error("never"); };');
    await run('listen', 'email', '--max', '1', '--retry-delay', '0', '--handler', file);
    await expect.poll(depth).toMatchObject({ dlqDepth: 1 });
    await run('publish', 'a', '--data', '{}');
    payments('{ dlq: { maxReceiveCount: 5 } }');
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
