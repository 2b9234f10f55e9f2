import { execFileSync, spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { usePubsub } from '../../fixtures/pubsub.ts';
import { rabbitMqMissing, startRabbitMq, type TestRabbitMq } from '../../fixtures/rabbitmq.ts';
import { type Finished, gatherOutput } from '../../fixtures/running.ts';
import { byOrder, type Mailbox, startMailbox } from './mailbox.ts';
import { order, send } from './shopping.ts';

const TITLE = 'pubsub platform on RabbitMQ';
/** Debian's: another Python on the PATH doesn't have its packages. */
const PYTHON = '/usr/bin/python3';
const ON_RABBITMQ = ['--target', 'rabbitmq'];

const QUEUES = [
  'platform-notifications-dlq',
  'platform-notifications-queue',
  'platform-users-dlq',
  'platform-users-queue',
];

const pikaMissing = hasPika() ? undefined : 'python3-pika is not installed';

describe.skipIf(rabbitMqMissing)(
  rabbitMqMissing ? `${TITLE} (skipped: ${rabbitMqMissing})` : TITLE,
  () => {
    const pubsub = usePubsub({ processes: true });
    let server: TestRabbitMq;
    let mailbox: Mailbox;
    let env: Record<string, string>;
    let url = '';
    beforeAll(async () => {
      [server, mailbox] = await Promise.all([startRabbitMq(), startMailbox()]);
    });
    beforeAll(async () => {
      // Where it is said by the flag alone.
      const { RABBITMQ_URL, RABBITMQ_MANAGEMENT_URL } = await server.vhost();
      env = { RABBITMQ_URL, RABBITMQ_MANAGEMENT_URL };
    });
    afterAll(async () => {
      await pubsub.run(['platform', 'down']);
      await mailbox.stop();
      await server.stop();
    });

    const vhost = () => new URL(env.RABBITMQ_URL ?? '').pathname.slice(1);
    const names = async (kind: 'queues' | 'exchanges'): Promise<string[]> => {
      const found = await server.ask<{ name: string }[]>('GET', `${kind}/${vhost()}`);
      const made = found.map(({ name }) => name).filter((name) => !/^(amq\.|$)/.test(name));
      return made.sort();
    };
    const connections = async (): Promise<number> =>
      (await server.ask<unknown[]>('GET', `vhosts/${vhost()}/connections`)).length;

    it('starts on the broker that is named', async () => {
      const up = await pubsub.json(['platform', 'up', '--port', '0', ...ON_RABBITMQ], {
        env: { ...env, SMTP_URL: mailbox.url },
      });
      expect(up.code, JSON.stringify(up.doc)).toBe(0);
      url = (up.doc as { url: string }).url;
      expect(await names('exchanges')).toEqual(['shop-events', 'user-events']);
      expect(await names('queues')).toEqual(QUEUES);
    });

    it('takes an order, and a mail tells of it', async () => {
      const placed = await order(url, 'ann');
      expect(placed.status).toBe(201);
      const { id } = placed.body as { id: number };
      const thanks = () => byOrder(mailbox.mails, /^Order (\d+): thank you$/).get(id)?.length;
      await expect.poll(thanks, { timeout: 60_000 }).toBe(1);
    });

    it.skipIf(pikaMissing)(
      `has a service in Python take part${pikaMissing ? ` (skipped: ${pikaMissing})` : ''}`,
      async () => {
        const script = join(import.meta.dirname, 'foreign_service.py');
        const child = spawn(PYTHON, [script, env.RABBITMQ_URL ?? '']);
        const output = gatherOutput(child);
        const finished = new Promise<Finished>((resolve) =>
          child.once('close', (code) => resolve({ ...output.text, code })),
        );
        await output.waitFor('joined', finished);

        // Whom it registered is greeted, and known.
        const welcomes = () =>
          mailbox.mails.filter(({ messageId }) => messageId.startsWith('<import-4711@'));
        await expect.poll(() => welcomes().length, { timeout: 60_000 }).toBe(1);
        expect(welcomes()).toMatchObject([{ subject: 'Welcome to the shop' }]);
        const secrets = join(pubsub.env.XDG_STATE_HOME, 'pubsub/platform/secrets.json');
        const { adminPassword: password } = JSON.parse(readFileSync(secrets, 'utf8'));
        const admin = { email: 'admin@platform.example', password };
        const login = await send(url, { path: '/auth/login', body: admin });
        const { access_token: token } = login.body as { access_token: string };
        await expect
          .poll(() => send(url, { path: '/users?q=hopper', token }), { timeout: 60_000 })
          .toMatchObject({ status: 200, body: { users: [{ id: 4711, name: 'Grace Hopper' }] } });

        const placed = await order(url, 'bob');
        expect(placed.status).toBe(201);
        const { code, stdout, stderr } = await finished;
        expect(code, stderr).toBe(0);
        const [, line = ''] = stdout.trim().split('\n');
        const read = JSON.parse(line);
        const { id, user_id, total, items } = placed.body as Record<string, unknown>;
        expect(read).toMatchObject({
          ...{ exchange: 'shop-events', routing_key: 'order.created' },
          content_type: 'application/json',
          message_id: expect.stringMatching(/^[0-9a-f-]{36}$/),
          headers: {
            event_type: 'order.created',
            'pubsub-subject': 'Order Event: order.created',
          },
        });
        expect(JSON.parse(read.body)).toMatchObject({
          ...{ event_type: 'order.created', order_id: id, user_id, total: Number(total) },
          ...{ status: 'pending', items },
        });
        await server.ask('DELETE', `queues/${vhost()}/warehouse`);
      },
    );

    it('leaves nothing after `down` and `cleanup`', async () => {
      const down = await pubsub.json(['platform', 'down', '--delete-data']);
      expect([down.code, down.doc]).toMatchObject([0, { killed: [], deleted: true }]);
      await expect.poll(connections, { timeout: 60_000 }).toBe(0);
      // What was made for the messages stays, and what they had to do is done.
      expect(await names('queues')).toEqual(QUEUES);
      const topology = ['--topology', 'platform', ...ON_RABBITMQ];
      const { doc } = await pubsub.json(['status', ...topology], { env });
      const idle = { depth: 0, dlqDepth: 0 };
      expect(doc).toMatchObject({ subscribers: [idle, idle] });
      const cleaned = await pubsub.json(['cleanup', '--yes', ...topology], { env });
      expect([cleaned.code, cleaned.doc]).toMatchObject([0, { remaining: [], verified: true }]);
      expect([...(await names('exchanges')), ...(await names('queues'))]).toEqual([]);
    });

    it('tells the story of the demo, and leaves nothing', async () => {
      const { code, doc } = await pubsub.json(['platform', 'demo', ...ON_RABBITMQ], { env });
      const { ok, steps, claims } = doc as {
        ok: boolean;
        steps: { name: string; ok: boolean }[];
        claims: { expected: number; held: number };
      };
      expect(steps.filter((step) => !step.ok)).toEqual([]);
      expect([code, ok, claims.held]).toEqual([0, true, claims.expected]);
      expect(claims.expected).toBeGreaterThanOrEqual(20);
      expect([...(await names('exchanges')), ...(await names('queues'))]).toEqual([]);
      await expect.poll(connections, { timeout: 60_000 }).toBe(0);
    });
  },
);

function hasPika(): boolean {
  try {
    execFileSync(PYTHON, ['-c', 'import pika'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}
