import { randomUUID } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import {
  Channel,
  ContactService,
} from '../../../../src/lib/platform/rpc/pubsub/platform/v1/users_pb.js';
import { contactService } from '../../../../src/lib/platform/users/contact-service.ts';
import { USER_MIGRATIONS } from '../../../../src/lib/platform/users/migrations.ts';
import { userRoutes } from '../../../../src/lib/platform/users/routes.ts';
import { registerUser } from '../../../../src/lib/platform/users/user-store.ts';
import { registrationHandler } from '../../../../src/lib/platform/users/users.ts';
import { onOneDatabase } from '../../../fixtures/database-kinds.ts';
import { useEndpoint } from '../../../fixtures/endpoint.ts';
import { usePlatformMessaging } from '../platform-messaging.ts';
import { as, authenticate, refusal, type TestService, useService } from '../service.ts';
import { type TestDatabase, useDatabase } from '../service-database.ts';

function useUsers(database: TestDatabase): TestService {
  return useService('users', () => ({
    routes: userRoutes(database(), authenticate),
    grpc: contactService(database()),
  }));
}

const AT = new Date('2025-01-01T12:00:00.000Z');

onOneDatabase((kind) => {
  const database = useDatabase(USER_MIGRATIONS, kind);
  const service = useUsers(database);
  const { send } = service;
  const register = (userId: number, name: string, email = `user${userId}@example.com`) =>
    registerUser(database(), { userId, name, email, at: AT });
  const contact = (userId: bigint, token = 'service') =>
    service.client(ContactService).getContact({ userId }, as(token));
  const found = async (q: string) => {
    const path = `/users?q=${encodeURIComponent(q)}`;
    const { body } = await send('GET', path, { token: 'admin' });
    return body.users.map(({ id }: { id: number }) => id) as number[];
  };

  it('say what somebody said of themselves before their registration came, and after', async () => {
    const me = async () => send('GET', '/users/me', { token: 'user' });
    const early = await me();
    expect([early.status, early.body.code, early.headers.get('retry-after')]).toEqual([
      ...[404, 'profile_not_ready', '1'],
    ]);
    expect((await refusal(contact(7n)))[0]).toBe('NotFound');
    const before = await send('PATCH', '/users/me', {
      token: 'user',
      body: { phone: '+491234567' },
    });
    expect(before.body).toMatchObject({ id: 7, email: null, name: null, phone: '+491234567' });
    await send('PUT', '/users/me/preferences', {
      ...{ token: 'user', body: { order_channels: ['sms', 'push'] } },
    });
    // Known in part is not known: there is no address.
    expect((await refusal(contact(7n)))[0]).toBe('NotFound');
    await register(7, 'Ada');
    expect((await me()).body).toMatchObject({
      ...{ id: 7, email: 'user7@example.com', name: 'Ada', phone: '+491234567' },
      ...{ device_token: null, registered_at: '2025-01-01T12:00:00.000Z' },
    });
    const patched = await send('PATCH', '/users/me', {
      token: 'user',
      body: { name: ' Ada Lovelace ', phone: null, device_token: 'device-1' },
    });
    expect(patched.body).toMatchObject({ name: 'Ada Lovelace', phone: null });
    // The event comes again, or says something else: what is there stays.
    await register(7, 'Ada');
    await register(7, 'Eve', 'eve@example.com');
    expect((await me()).body).toEqual(patched.body);
    expect(await contact(7n)).toMatchObject({
      ...{ name: 'Ada Lovelace', email: 'user7@example.com', phone: '', deviceToken: 'device-1' },
      orderChannels: [Channel.SMS, Channel.PUSH],
    });
  });

  it('have preferences: email unless they say otherwise', async () => {
    const prefer = (order_channels: unknown) =>
      send('PUT', '/users/me/preferences', { token: 'other', body: { order_channels } });
    const read = async () =>
      (await send('GET', '/users/me/preferences', { token: 'other' })).body.order_channels;
    expect(await read()).toEqual(['email']);
    await register(8, 'Grace');
    expect((await contact(8n)).orderChannels).toEqual([Channel.EMAIL]);
    expect([(await prefer([])).status, await read()]).toEqual([200, []]);
    expect((await contact(8n)).orderChannels).toEqual([]);
    await prefer(['push', 'email', 'sms']);
    for (const wrong of [['email', 'email'], ['fax'], 'email', null, [1], undefined]) {
      expect([wrong, (await prefer(wrong)).status]).toEqual([wrong, 422]);
    }
    expect(await read()).toEqual(['push', 'email', 'sms']);
  });

  it('refuse what nobody has', async () => {
    for (const body of [
      ...[{}, { name: '' }, { name: 'x'.repeat(101) }, { name: null }, { phone: '0301234' }],
      ...[{ phone: '+0123456' }, { phone: '+123456' }, { phone: '+1234567890123456' }],
      ...[{ device_token: '' }, { device_token: 'a\u0000' }, { email: 'x@example.com' }, { id: 9 }],
    ]) {
      const { status } = await send('PATCH', '/users/me', { token: 'user', body });
      expect([body, status]).toEqual([body, 422]);
    }
    for (const phone of ['+1234567', '+123456789012345']) {
      const { body } = await send('PATCH', '/users/me', { token: 'user', body: { phone } });
      expect(body.phone).toBe(phone);
    }
  });

  it('are found by administrators, by words of name and address', async () => {
    await register(101, 'Zoë ÅNGSTRÖM', 'zoe_a@example.org');
    await register(102, 'Zoe Miller', 'miller@example.org');
    expect([await found('ångström'), await found('ZOË'), await found('zoe example.ORG')]).toEqual([
      [101],
      [101],
      [101, 102],
    ]);
    expect([await found('zoe_'), await found('z%e')]).toEqual([[101], []]);
    const page = await send('GET', '/users?q=example.org&limit=1', { token: 'admin' });
    expect(page.body.page).toEqual({ limit: 1, next_cursor: '101' });
    const next = await send('GET', '/users?q=example.org&limit=1&after=101', { token: 'admin' });
    expect([next.body.users[0].id, next.body.page.next_cursor]).toEqual([102, null]);
    for (const [token, status] of [
      [undefined, 401],
      ['user', 403],
      ['service', 403],
    ] as const) {
      expect((await send('GET', '/users', { token })).status).toBe(status);
    }
    for (const [token, status] of [
      [undefined, 401],
      ['service', 403],
    ] as const) {
      expect((await send('GET', '/users/me', { token })).status).toBe(status);
    }
  });

  it('tell services alone how to reach somebody', async () => {
    expect((await refusal(contact(999n)))[0]).toBe('NotFound');
    expect((await refusal(contact(0n)))[0]).toBe('InvalidArgument');
    expect((await refusal(contact(101n, 'admin')))[0]).toBe('PermissionDenied');
    expect((await refusal(contact(101n, 'x')))[0]).toBe('Unauthenticated');
  });
});

describe('registrations', () => {
  const database = useDatabase(USER_MIGRATIONS);
  const endpoint = useEndpoint();
  const platform = usePlatformMessaging(endpoint);
  const event = (user_id: number, more: object = {}) => ({
    ...{ event_id: randomUUID(), event_type: 'user.registered', user_id, name: 'Ada' },
    ...{ email: `user${user_id}@example.com`, timestamp: AT.toISOString(), ...more },
  });
  const ids = async () => {
    const { rows } = await database().query<{ id: string }>('select id from users order by id');
    return rows.map(({ id }) => Number(id));
  };

  it('arrive once, in any order, and what is none ends among the dead letters', async () => {
    const stopping = new AbortController();
    const handler = registrationHandler(database(), stopping.signal);
    const stop = platform.messaging().subscribe('users', handler);
    try {
      const twice = event(3);
      const all = [event(2), twice, event(1), twice, event(4, { timestamp: undefined })];
      const poison = [
        event(0),
        event(5, { email: 'nobody' }),
        event(6, { name: '' }),
        event(7, { user_id: '7' }),
        event(8, { timestamp: 'yesterday' }),
      ];
      const others = [{ event_type: 'user.left', user_id: 9 }];
      for (const each of [...all, ...poison, ...others])
        await platform.publish('user-events', each);
      const dead = async () => (await platform.deadLetters('users')).sort();
      const wrong = poison.map((each) => JSON.stringify(each)).sort();
      await expect.poll(dead, { interval: 150 }).toEqual(wrong);
      await expect.poll(ids, { interval: 150 }).toEqual([1, 2, 3, 4]);
    } finally {
      stopping.abort();
      await stop();
    }
  });
});
