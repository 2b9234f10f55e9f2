import { expect, it } from 'vitest';
import { describePayments } from './payments.ts';

describePayments('dead letters on RabbitMQ', (rabbit) => {
  const { run, json, depth } = rabbit;

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
      return (doc as { messages: { event: { n: number } }[] }).messages.map(({ event }) => event.n);
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
