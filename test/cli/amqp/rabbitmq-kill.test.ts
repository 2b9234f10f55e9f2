import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { describeOnRabbitMq } from './on-rabbitmq.ts';

/** `PUBSUB_PROOF_ORDERS=5000` makes it the long one, and prints what it counted. */
const EVENTS = Number(process.env.PUBSUB_PROOF_ORDERS ?? 600);
const isLong = process.env.PUBSUB_PROOF_ORDERS !== undefined;
/** Handled events between two kills of the listener. */
const EVENTS_A_LIFE = EVENTS / 6;

describeOnRabbitMq('RabbitMQ, killed', (rabbit) => {
  const { pubsub } = rabbit;

  it(`loses none of ${EVENTS} events though the broker and the listener are killed`, {
    timeout: 900_000,
  }, async () => {
    const env = { ...rabbit.env };
    const home = pubsub.env.HOME;
    const handled = join(home, 'handled');
    writeFileSync(handled, '');
    rabbit.topology(
      'topology: payments\ntopics: { payments: {} }\nsubscribers:\n  email: { dlq: { maxReceiveCount: 100 } }\n',
    );
    writeFileSync(
      join(home, 'handler.mjs'),
      `import { appendFileSync } from 'node:fs';
         export default async ({ event_id }) => {
           await new Promise((done) => setTimeout(done, 10));
           appendFileSync(${JSON.stringify(handled)}, event_id + '\\n');
         };`,
    );
    const ids = Array.from({ length: EVENTS }, (_, index) => `event-${index}`);
    const file = join(home, 'events.jsonl');
    writeFileSync(
      file,
      ids.map((id) => `${JSON.stringify({ event_id: id, event_type: 'paid' })}\n`).join(''),
    );
    await pubsub.run(['setup'], { env });
    const seen = (): string[] => readFileSync(handled, 'utf8').split('\n').filter(Boolean);
    const listen = () =>
      pubsub.spawn(['listen', 'email', '--handler', join(home, 'handler.mjs')], { env });
    const publishing = pubsub.spawn(
      ['publish', '--file', file, '--rate', '100', '--retry-for', '10m', '--json'],
      { env },
    );
    let listener = listen();
    let kills = 0;
    for (let goal = EVENTS_A_LIFE; goal < EVENTS; goal += EVENTS_A_LIFE) {
      await expect
        .poll(() => new Set(seen()).size, { timeout: 300_000 })
        .toBeGreaterThanOrEqual(goal);
      listener.child.kill('SIGKILL');
      await listener.finished;
      if (kills % 2 === 1) {
        await rabbit.server.kill();
        await rabbit.server.start();
      }
      kills += 1;
      listener = listen();
    }
    const published = await publishing.finished;
    expect(published.code).toBe(0);
    expect(JSON.parse(published.stdout)).toMatchObject({ published: EVENTS, failed: 0 });
    await expect.poll(() => new Set(seen()).size, { timeout: 300_000 }).toBe(EVENTS);
    listener.kill('SIGTERM');
    expect((await listener.finished).code).toBe(0);
    const { doc } = await pubsub.json(['status'], { env });
    expect(doc).toMatchObject({ subscribers: [{ depth: 0, dlqDepth: 0 }] });
    expect(kills).toBeGreaterThanOrEqual(4);
    if (isLong) {
      console.log(`${EVENTS} events, ${seen().length} handled, ${kills} kills of the listener`);
    }
  });

  it('publishes what was read though the broker goes away meanwhile, and says what is missing', async () => {
    const env = { ...rabbit.env };
    rabbit.topology('topology: payments\ntopics: { payments: {} }\nsubscribers: { email: {} }\n');
    await pubsub.run(['setup'], { env });
    const publishing = pubsub.start(
      ['publish', 'a', '--data', '{}', '--count', '100000', '--rate', '50', '--retry-for', '1s'],
      { env },
    );
    const depth = async (): Promise<number> => {
      const { doc } = await pubsub.json(['status'], { env });
      return (doc as { subscribers: [{ depth: number }] }).subscribers[0].depth;
    };
    await expect.poll(depth).toBeGreaterThan(20);
    await rabbit.server.kill();
    const { code, stdout, stderr } = await publishing.finished;
    expect(code).toBe(1);
    const published = Number(/Published ([\d,]+)/.exec(stdout)?.[1]?.replace(',', ''));
    expect(stderr).toContain('--only');
    expect(published).toBeGreaterThan(20);
    await rabbit.server.start();
  });

  it('loses no dead letter though the redrive is killed, and ends with all of them sent back', async () => {
    const env = { ...rabbit.env };
    rabbit.topology(
      'topology: payments\ntopics: { payments: {} }\nsubscribers: { email: { dlq: { maxReceiveCount: 1000 } } }\n',
    );
    await pubsub.run(['setup'], { env });
    for (let n = 0; n < 300; n++) {
      await rabbit.server.ask('POST', `exchanges/${rabbit.vhost}/amq.default/publish`, {
        routing_key: 'payments-email-dlq',
        payload: '{}',
        payload_encoding: 'string',
        properties: { delivery_mode: 2, message_id: `id-${n}` },
      });
    }
    const depths = async (): Promise<{ depth: number; dlqDepth: number }> => {
      const { doc } = await pubsub.json(['status'], { env });
      return (doc as { subscribers: [{ depth: number; dlqDepth: number }] }).subscribers[0];
    };
    await expect.poll(depths).toMatchObject({ depth: 0, dlqDepth: 300 });
    const ids = async (queue: string): Promise<string[]> => {
      const got = await rabbit.server.ask<{ properties: { message_id: string } }[]>(
        'POST',
        `queues/${rabbit.vhost}/${queue}/get`,
        { count: 1000, ackmode: 'ack_requeue_true', encoding: 'base64' },
      );
      return got.map(({ properties }) => properties.message_id);
    };
    const all = new Set(await ids('payments-email-dlq'));
    expect(all.size).toBe(300);
    for (const goal of [30, 90, 150]) {
      const redriving = pubsub.spawn(['dlq', 'redrive', 'email', '--rate', '50'], { env });
      await expect.poll(async () => (await depths()).depth).toBeGreaterThanOrEqual(goal);
      redriving.child.kill('SIGKILL');
      await redriving.finished;
      // The broker notices that the connection is gone, and shows what the process held.
      await expect
        .poll(async () => {
          const [back, dead] = [await ids('payments-email-queue'), await ids('payments-email-dlq')];
          return new Set([...back, ...dead]).size;
        })
        .toBe(300);
    }
    expect((await pubsub.run(['dlq', 'redrive', 'email'], { env })).code).toBe(0);
    expect(new Set(await ids('payments-email-queue'))).toEqual(all);
    expect(await ids('payments-email-dlq')).toEqual([]);
  });
});
