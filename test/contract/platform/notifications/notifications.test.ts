import { randomUUID } from 'node:crypto';
import type { AddressInfo } from 'node:net';
import { Registry } from 'prom-client';
import { SMTPServer } from 'smtp-server';
import { describe, expect, it } from 'vitest';
import type { Database } from '../../../../src/lib/database/database.ts';
import { startMailServer } from '../../../../src/lib/platform/notifications/mail-server.ts';
import { CONNECTIONS, createMailer } from '../../../../src/lib/platform/notifications/mailer.ts';
import { NOTIFICATION_MIGRATIONS } from '../../../../src/lib/platform/notifications/migrations.ts';
import { messageId } from '../../../../src/lib/platform/notifications/notice.ts';
import {
  markFailed,
  markSent,
  storeNotices,
  takeDue,
} from '../../../../src/lib/platform/notifications/notice-store.ts';
import { notifications } from '../../../../src/lib/platform/notifications/notifications.ts';
import { sendDue } from '../../../../src/lib/platform/notifications/sender.ts';
import type { Channel } from '../../../../src/lib/platform/service/channels.ts';
import { readServiceEnvironment } from '../../../../src/lib/platform/service/environment.ts';
import { createTokenCheck } from '../../../../src/lib/platform/service/tokens.ts';
import { contactService } from '../../../../src/lib/platform/users/contact-service.ts';
import { USER_MIGRATIONS } from '../../../../src/lib/platform/users/migrations.ts';
import { changeUser, registerUser } from '../../../../src/lib/platform/users/user-store.ts';
import { useEndpoint } from '../../../fixtures/endpoint.ts';
import { freePort } from '../../../fixtures/postgres.ts';
import { usePlatformMessaging } from '../platform-messaging.ts';
import { authenticate, createTestLog, useService } from '../service.ts';
import { useDatabase } from '../service-database.ts';

const POLL = { interval: 150 };

describe('notifications', () => {
  const userDatabase = useDatabase(USER_MIGRATIONS);
  const database = useDatabase(NOTIFICATION_MIGRATIONS);
  const users = useService('users', () => ({ routes: [], grpc: contactService(userDatabase()) }));
  const endpoint = useEndpoint();
  const platform = usePlatformMessaging(endpoint);
  const log = createTestLog();
  const { send } = useService('notifications', () =>
    notifications.create({
      environment: readServiceEnvironment('notifications', {}),
      ...{ version: '1.2.3', tracing: undefined, redis: undefined, log },
      ...{
        metrics: new Registry(),
        authenticate,
        tokens: createTokenCheck('http://127.0.0.1:9'),
        serviceToken: async () => 'service',
      },
      grpc: () => users.asService(),
      messaging: platform.messaging(),
      database: database(),
    }),
  );
  const register = async (userId: number, channels?: Channel[]) => {
    const email = `user${userId}@example.com`;
    await registerUser(userDatabase(), { userId, email, name: `User ${userId}`, at: new Date() });
    if (channels === undefined) return;
    await changeUser(userDatabase(), userId, () => ({
      ...{
        order_channels: channels,
        phone: `+49150000${userId}`,
        device_token: `device-${userId}`,
      },
    }));
  };
  const order = (user_id: number, order_id: number, more: object = {}) => ({
    ...{ event_id: randomUUID(), event_type: 'order.created', order_id, user_id },
    ...{ total: 29.9, status: 'pending', timestamp: new Date().toISOString(), ...more },
  });
  const received = async (query: string) =>
    (await send('GET', `/notifications/received?${query}`, { token: 'admin' })).body.received;
  const receivedBy = async (userId: number): Promise<string[]> => {
    const all = await Promise.all(
      [`user${userId}@example.com`, `device-${userId}`, `%2B49150000${userId}`].map((to) =>
        received(`to=${to}`),
      ),
    );
    return all.flat().map(({ channel, subject }) => `${channel}: ${subject}`);
  };

  it('tell by each way that somebody chose, once for an event', async () => {
    await register(7, ['email', 'push', 'sms']);
    const created = order(7, 12);
    const updated = order(7, 12, { event_type: 'order.updated', status: 'shipped' });
    for (const event of [created, created, updated, created, updated]) {
      await platform.publish('shop-events', event);
    }
    await expect.poll(async () => (await receivedBy(7)).length, POLL).toBe(6);
    // Handled after all that came before it: nothing more comes of those.
    await platform.publish(
      'shop-events',
      order(7, 13, { event_type: 'order.updated', status: 'cancelled' }),
    );
    await expect.poll(async () => (await receivedBy(7)).length, POLL).toBe(9);
    const lines = ['Order 12 is shipped', 'Order 12: thank you', 'Order 13 is cancelled'];
    expect((await receivedBy(7)).sort()).toEqual(
      ['email', 'push', 'sms'].flatMap((channel) => lines.map((line) => `${channel}: ${line}`)),
    );
    const [mail] = await received(`message_id=${encodeURIComponent(messageId(created.event_id))}`);
    expect(mail).toMatchObject({
      ...{ channel: 'email', from: 'shop@pubsub-platform.example', to: ['user7@example.com'] },
      body: expect.stringContaining('Hello User 7,\n\nwe have your order 12 over $29.90.'),
    });
    const mine = (await send('GET', '/notifications?limit=2', { token: 'user' })).body;
    expect(mine.notifications).toHaveLength(2);
    const rest = await send('GET', `/notifications?after=${mine.page.next_cursor}`, {
      token: 'user',
    });
    const all = [...mine.notifications, ...rest.body.notifications];
    expect(all).toHaveLength(9);
    await expect
      .poll(async () => {
        const { body } = await send('GET', '/notifications', { token: 'user' });
        return new Set(body.notifications.map(({ state }: { state: string }) => state));
      }, POLL)
      .toEqual(new Set(['sent']));
    expect((await send('GET', '/notifications', { token: 'other' })).body.notifications).toEqual(
      [],
    );
  });

  it('welcome whoever registers, though the users service has not heard of them', async () => {
    const event = {
      event_type: 'user.registered',
      user_id: 20,
      name: 'Zoë\r\nBcc: eve@example.com',
    };
    await platform.publish('user-events', {
      ...event,
      event_id: randomUUID(),
      email: 'zoe@example.com',
    });
    // A name with a line of its own is none.
    await expect.poll(() => platform.deadLetters('notifications'), POLL).toHaveLength(1);
    const name = 'Zoë "the" <Ångström>, eve@example.com';
    await platform.publish('user-events', {
      ...event,
      name,
      event_id: randomUUID(),
      email: 'zoe@example.com',
    });
    await expect.poll(async () => (await received('to=ZOE@example.com')).length, POLL).toBe(1);
    const [{ id, subject }] = await received('to=zoe@example.com');
    expect(subject).toBe('Welcome to the shop');
    const { body } = await send('GET', `/notifications/received/${id}`, { token: 'admin' });
    expect(body.to).toEqual(['zoe@example.com']);
    expect(body.source).toMatch(/^From: Your shop <shop@pubsub-platform\.example>\r\n/);
    expect(await received('to=eve@example.com')).toEqual([]);
  });

  it('wait for a user who is not there yet, and say nothing to who wants nothing', async () => {
    await register(31, []);
    await platform.publish('shop-events', order(30, 1));
    await platform.publish('shop-events', order(31, 2));
    const decided = async () =>
      (
        await database().query(
          `select 1 from events e where not exists (select from notices where event_id = e.id)`,
        )
      ).rows.length;
    await expect.poll(decided, POLL).toBe(1);
    expect(await receivedBy(30)).toEqual([]);
    await register(30);
    await expect.poll(() => receivedBy(30), POLL).toEqual(['email: Order 1: thank you']);
    expect(await receivedBy(31)).toEqual([]);
  });

  /** Makes an event that waits for its user due, as if it had waited for so long. @returns its row */
  const waitedFor = async (hours: number, userId: number) => {
    const { rows } = await database().query(
      `update waiting set since = now() - $1::int * interval '1 hour', next_attempt_at = now()
        where user_id = $2 and given_up_at is null returning event_id`,
      [hours, userId],
    );
    return rows;
  };

  it('wait for a user for longer than any message is received', async () => {
    const dead = (await platform.deadLetters('notifications')).length;
    const event = order(40, 3);
    await platform.publish('shop-events', event);
    await expect.poll(() => waitedFor(23, 40), POLL).toHaveLength(1);
    // It comes again, as messages may.
    await platform.publish('shop-events', event);
    await platform.publish('shop-events', order(40, 4));
    await expect.poll(() => waitedFor(23, 40), POLL).toHaveLength(2);
    await register(40);
    await waitedFor(23, 40);
    await expect
      .poll(async () => (await receivedBy(40)).sort(), POLL)
      .toEqual(['email: Order 3: thank you', 'email: Order 4: thank you']);
    expect(await waitedFor(23, 40)).toEqual([]);
    expect(await platform.deadLetters('notifications')).toHaveLength(dead);
  });

  it('give up a user who does not come within a day, and say so', async () => {
    await platform.publish('shop-events', order(41, 5));
    await expect.poll(() => waitedFor(25, 41), POLL).toHaveLength(1);
    const given = async () =>
      (
        await database().query(
          'select 1 from waiting where user_id = 41 and given_up_at is not null',
        )
      ).rows;
    await expect.poll(given, POLL).toHaveLength(1);
    await expect.poll(() => log.errors, POLL).toContain('nobody was told: the user never came');
    expect(await receivedBy(41)).toEqual([]);
  });

  it('leave to the dead letters what nobody can read', async () => {
    const before = await platform.deadLetters('notifications');
    const poison = [
      order(0, 1),
      order(7, 0),
      order(7, 1, { total: -1 }),
      order(7, 1, { status: 'lost' }),
      { event_type: 'order.created' },
    ];
    for (const event of poison) await platform.publish('shop-events', event);
    await platform.publish('shop-events', order(7, 1, { event_type: 'order.archived' }));
    await platform.publish('shop-events', 'no JSON');
    await expect
      .poll(() => platform.deadLetters('notifications'), POLL)
      .toHaveLength(before.length + poison.length);
  });

  it('are read by whom they are for', async () => {
    for (const [token, mine, all] of [
      [undefined, 401, 401],
      ['service', 403, 403],
      // Who has this service's own secret.
      ['notifications', 403, 200],
      ['user', 200, 403],
      ['admin', 200, 200],
    ] as const) {
      expect((await send('GET', '/notifications', { token })).status).toBe(mine);
      expect((await send('GET', '/notifications/received', { token })).status).toBe(all);
      expect((await send('GET', '/notifications/received/1', { token })).status).toBe(all);
    }
    const missing = await send('GET', '/notifications/received/999999', { token: 'admin' });
    expect([missing.status, missing.body.code]).toEqual([404, 'message_not_found']);
    for (const query of ['channel=fax', 'limit=101', 'x=1', 'to=']) {
      const path = `/notifications/received?${query}`;
      expect((await send('GET', path, { token: 'admin' })).status).toBe(422);
    }
  });
});

describe('sending', () => {
  const database = useDatabase(NOTIFICATION_MIGRATIONS);
  const { signal } = new AbortController();
  const store = async (recipient: string, channel: Channel = 'email') => {
    const eventId = randomUUID();
    const text = { subject: 'Order 1: thank you', lines: [] };
    await storeNotices(database(), { eventId, eventType: 'order.created', userId: 1, text }, [
      { channel, recipient, recipientName: 'Ada', subject: text.subject, body: 'Hello' },
    ]);
    return eventId;
  };
  const stateOf = async (eventId: string) => {
    const { rows } = await database().query<{
      state: string;
      attempts: number;
      last_error: string;
    }>('select state, attempts, last_error from notices where event_id = $1', [eventId]);
    return rows[0];
  };
  const makeDue = () =>
    database().query(`update notices set next_attempt_at = now(), lease_until = null`);
  const mails = async (eventId: string) =>
    (await database().query('select 1 from received where message_id = $1', [messageId(eventId)]))
      .rows.length;
  const sendTo = async (url: string) => {
    const mailer = createMailer(url, 'shop@example.com');
    try {
      await sendDue({ database: database(), mailer, log: createTestLog() }, signal);
    } finally {
      mailer.close();
    }
  };
  const withServer = async (work: (url: string) => Promise<void>, db: Database = database()) => {
    const server = await startMailServer({
      ...{ database: db, host: '127.0.0.1', port: 0, log: createTestLog() },
    });
    await work(server.url).finally(() => server.stop());
  };

  it('goes on when the mail server is back', async () => {
    const eventId = await store('ada@example.com');
    await sendTo(`smtp://127.0.0.1:${await freePort()}`);
    expect(await stateOf(eventId)).toMatchObject({
      ...{ state: 'stored', attempts: 1, last_error: expect.stringContaining('ECONNREFUSED') },
    });
    await withServer(async (url) => {
      // Not before its time.
      await database().query(`update notices set next_attempt_at = now() + interval '1 hour'`);
      await sendTo(url);
      expect((await stateOf(eventId))?.state).toBe('stored');
      await makeDue();
      await sendTo(url);
    });
    expect(await stateOf(eventId)).toEqual({ state: 'sent', attempts: 2, last_error: null });
    expect(await mails(eventId)).toBe(1);
  });

  it('sends again what was sent by a process that was killed before it said so, under the same name', async () => {
    const eventId = await store('ada@example.com');
    await withServer(async (url) => {
      const mailer = createMailer(url, 'shop@example.com');
      const [due] = await takeDue(database(), 10);
      if (due) await mailer.send(due);
      mailer.close();
      // Another process has it for a while.
      await sendTo(url);
      expect([await mails(eventId), (await stateOf(eventId))?.state]).toEqual([1, 'stored']);
      await database().query(`update notices set lease_until = now() - interval '1 second'`);
      await sendTo(url);
    });
    expect([await mails(eventId), (await stateOf(eventId))?.state]).toEqual([2, 'sent']);
  });

  it('gives up what is refused for good, and tries again what is refused for now', async () => {
    const [gone, later] = [await store('gone@example.com'), await store('later@example.com')];
    const server = new SMTPServer({
      disabledCommands: ['AUTH', 'STARTTLS'],
      onRcptTo({ address }, _session, answer) {
        const responseCode = address.startsWith('gone') ? 550 : 451;
        answer(Object.assign(new Error('not now'), { responseCode }));
      },
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    await sendTo(`smtp://127.0.0.1:${(server.server.address() as AddressInfo).port}`);
    await new Promise<void>((resolve) => server.close(resolve));
    expect([(await stateOf(gone))?.state, (await stateOf(later))?.state]).toEqual([
      'failed',
      'stored',
    ]);
    await makeDue();
    await withServer(sendTo);
    expect([await mails(gone), await mails(later)]).toEqual([0, 1]);
  });

  it('sends each notice once where several processes look', async () => {
    const ids = await Promise.all(
      Array.from({ length: 25 }, (_, n) => store(`user${n}@example.com`, n % 5 ? 'email' : 'push')),
    );
    await withServer(async (url) => {
      await Promise.all([sendTo(url), sendTo(url), sendTo(url)]);
    });
    const states = await Promise.all(ids.map(stateOf));
    expect(states.map((found) => `${found?.state} ${found?.attempts}`)).toEqual(
      ids.map(() => 'sent 1'),
    );
    const counts = await Promise.all(ids.map(mails));
    expect(counts).toEqual(ids.map((_, n) => (n % 5 ? 1 : 0)));
    const { rows } = await database().query(`select 1 from received where channel = 'push'`);
    expect(rows).toHaveLength(5);
  });

  it('takes no more than it has connections for, and keeps it longer than a slow server takes', async () => {
    const ids: string[] = [];
    for (let n = 0; n < CONNECTIONS + 2; n++) ids.push(await store(`slow${n}@example.com`));
    const held: (() => void)[] = [];
    let got = 0;
    const server = new SMTPServer({
      disabledCommands: ['AUTH', 'STARTTLS'],
      onData(stream, _session, answer) {
        stream.resume();
        stream.on('end', () => {
          got++;
          held.push(() => answer());
        });
      },
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const sending = sendTo(`smtp://127.0.0.1:${(server.server.address() as AddressInfo).port}`);
    await expect.poll(() => got, POLL).toBe(CONNECTIONS);
    const { rows } = await database().query<{ seconds: number }>(
      `select extract(epoch from lease_until - now())::float8 as seconds from notices
        where state = 'stored' and lease_until is not null`,
    );
    expect(rows).toHaveLength(CONNECTIONS);
    // Connection and greeting may take 5 s each, and a server be silent for 10 s at each of six steps.
    for (const { seconds } of rows) expect(seconds).toBeGreaterThan(70);
    // What another process takes is the rest.
    const others = await takeDue(database(), 10);
    expect(others.map(({ eventId }) => eventId).sort()).toEqual(ids.slice(CONNECTIONS).sort());
    const finish = setInterval(() => {
      for (const answer of held.splice(0)) answer();
    }, POLL.interval);
    await sending.finally(() => clearInterval(finish));
    await new Promise<void>((resolve) => server.close(resolve));
    expect(got).toBe(CONNECTIONS);
    const states = await Promise.all(ids.map(stateOf));
    expect(states.map((found) => found?.state)).toEqual(
      ids.map((_, n) => (n < CONNECTIONS ? 'sent' : 'stored')),
    );
    await makeDue();
    await withServer(sendTo);
  });

  it('leaves a notice to who has begun another attempt at it', async () => {
    const eventId = await store('overtaken@example.com');
    const [first] = await takeDue(database(), 1);
    await database().query(`update notices set lease_until = now() - interval '1 second'`);
    const [second] = await takeDue(database(), 1);
    if (first === undefined || second === undefined) throw new Error('It is due.');
    expect([first.attempts, second.attempts]).toEqual([1, 2]);
    await markFailed(database(), first, 'too late', true);
    expect(await stateOf(eventId)).toEqual({ state: 'stored', attempts: 2, last_error: null });
    expect(await takeDue(database(), 1)).toEqual([]);
    await markFailed(database(), second, 'refused', true);
    expect(await stateOf(eventId)).toMatchObject({ state: 'failed', last_error: 'refused' });
    expect(await markSent(database(), second)).toBe(false);
  });

  it('gives up after 600 attempts', async () => {
    const eventId = await store('away@example.com');
    const nowhere = `smtp://127.0.0.1:${await freePort()}`;
    await database().query('update notices set attempts = 598 where event_id = $1', [eventId]);
    await sendTo(nowhere);
    expect(await stateOf(eventId)).toMatchObject({ state: 'stored', attempts: 599 });
    await makeDue();
    await sendTo(nowhere);
    expect(await stateOf(eventId)).toMatchObject({ state: 'failed', attempts: 600 });
  });
});
