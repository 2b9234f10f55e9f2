import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { listQueueUrls } from '../../../src/lib/aws/queues.ts';
import { setSubscriptionAttribute } from '../../../src/lib/aws/subscriptions.ts';
import { tagQueue } from '../../../src/lib/aws/tags.ts';
import { inspect } from '../../../src/lib/topology/inspect.ts';
import { findSubscription } from '../../../src/lib/topology/observed.ts';
import { isIndependent, uniquePrefix, useEndpoint } from '../../fixtures/endpoint.ts';
import { createOrderEvent, createPublisher, sampleOrder } from '../../fixtures/orders.ts';
import { startProxy } from '../../fixtures/proxy.ts';
import { usePubsub } from '../../fixtures/pubsub.ts';
import { openTerminal, plain } from '../../fixtures/terminal.ts';
import {
  attributesOf,
  cleanUpAt,
  discard,
  fanOutAt,
  newPlace,
  subscriber,
  topicOf,
} from '../../fixtures/topology.ts';

const endpoint = useEndpoint();
const pubsub = usePubsub();
const patient = { timeout: 20_000, interval: 50 };

/** A topology that is set up, and the words that make a command work on it. */
async function newFanOut() {
  const prefix = uniquePrefix();
  const place = await newPlace(endpoint, prefix);
  const topicArn = await fanOutAt(place);
  const publisher = createPublisher({ aws: place.aws, topicArn });
  const publish = async (
    count: number,
    type: 'order.created' | 'order.updated' = 'order.created',
    attributes: Record<string, string> = {},
  ) => {
    const events = Array.from({ length: count }, (_, index) =>
      createOrderEvent(type, sampleOrder(index)),
    );
    await publisher.publish(events.map((event) => ({ event, attributes })));
    return events.map(({ event_id }) => event_id);
  };
  return {
    place,
    publish,
    flags: ['--prefix', prefix, '--endpoint-url', endpoint.url],
    /** Temporary queues, and how many subscriptions the topic has. */
    traces: async () => {
      const { subscriptions } = topicOf(await inspect(place, { subscriptionAttributes: false }));
      const queues = await listQueueUrls(place.aws, `${prefix}-pubsub-`);
      return { queues: queues.length, subscriptions: subscriptions.length };
    },
  };
}

const CLEAN = { queues: 0, subscriptions: 3 };

describe('pubsub tap', () => {
  it('shows what flows and takes nothing from anybody', async () => {
    const { place, publish, flags, traces } = await newFanOut();
    const run = pubsub.start(['tap', '--max', '3', ...flags]);
    await run.waitFor('Watching');

    await publish(2, 'order.created', { tier: 'gold' });
    await publish(1, 'order.updated');
    const { stdout, stderr, code } = await run.finished;

    expect(code, stderr).toBe(0);
    const lines = stdout.trimEnd().split('\n').sort();
    const time = '^\\d\\d:\\d\\d:\\d\\d  ';
    const age = '\\d+(\\.\\d)? m?s$';
    expect(lines).toHaveLength(3);
    for (const line of [
      'order_id=1  user_id=1  total=29.99  status=pending  @tier=gold',
      'order_id=2  user_id=2  total=149.50  status=pending  @tier=gold',
    ]) {
      expect(stdout).toMatch(new RegExp(`${time}order.created  ${line}  ${age}`, 'm'));
    }
    expect(stdout).toMatch(
      new RegExp(
        `${time}order.updated  order_id=1  user_id=1  total=29.99  status=confirmed  ${age}`,
        'm',
      ),
    );
    expect(stderr).toMatch(/3 seen in \d+ s \(--max reached\)/);
    expect(await traces()).toEqual(CLEAN);
    for (const { queue } of place.topology.subscribers) {
      expect((await attributesOf(place, queue)).ApproximateNumberOfMessages).toBe('3');
    }
    await discard(place);
  });

  it('writes a JSON object a line, with money to the letter', async () => {
    const { place, publish, flags } = await newFanOut();
    const run = pubsub.start(['tap', '--json', '--max', '3', ...flags]);
    await run.waitFor('Watching');

    const ids = await publish(3);
    const { stdout } = await run.finished;

    const records = stdout
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(records.map(({ event }) => event.event_id).sort()).toEqual([...ids].sort());
    expect(stdout).toContain('"total":75.00');
    expect(records[0]).toEqual({
      messageId: expect.any(String),
      eventType: 'order.created',
      subject: 'Order Event: order.created',
      publishedAt: expect.stringMatching(/^\d{4}-.*Z$/),
      ms: expect.any(Number),
      attributes: { event_type: { type: 'String', value: 'order.created' } },
      event: expect.objectContaining({ event_type: 'order.created' }),
    });
    await discard(place);
  });

  it('filters at the topic, and shows by field', async () => {
    const { place, publish, flags } = await newFanOut();
    const created = pubsub.start([
      'tap',
      '--filter',
      'event_type=order.created',
      '--max',
      '3',
      ...flags,
    ]);
    const large = pubsub.start(['tap', '--where', 'total>100', '--raw', '--max', '2', ...flags]);
    const pending = pubsub.start([
      'tap',
      '--filter',
      '{"status":["pending"]}',
      '--scope',
      'body',
      '--max',
      '3',
      ...flags,
    ]);
    await Promise.all([created, large, pending].map((run) => run.waitFor('Watching')));

    await publish(3, 'order.updated');
    await publish(3);
    const [first, second, third] = await Promise.all(
      [created, large, pending].map((run) => run.finished),
    );

    expect(first?.stdout.match(/order\.\w+/g)).toEqual(Array(3).fill('order.created'));
    expect(first?.stderr).toMatch(/^3 seen in/m);
    const totals = second?.stdout
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line).total);
    expect(totals).toEqual([149.5, 149.5]);
    expect(third?.stdout.match(/pending/g)).toHaveLength(3);
    await discard(place);
  });

  it('shows what the filter of a subscriber lets through', async () => {
    const { place, publish, flags } = await newFanOut();
    const observed = await inspect(place, { subscriptionAttributes: false });
    const arn = findSubscription(observed, subscriber(place).queue, 'order-events')?.arn ?? '';
    const policy = '{"event_type":["order.updated"]}';
    await setSubscriptionAttribute(place.aws, arn, 'FilterPolicy', policy);
    const run = pubsub.start(['tap', '--subscriber', 'email', '--max', '1', ...flags]);
    await run.waitFor('as email gets it');

    await publish(2);
    await publish(1, 'order.updated');
    const { stdout, stderr } = await run.finished;

    expect(stderr).toContain(`Filter: ${policy}`);
    expect(stdout).toMatch(/^\S+ {2}order.updated .*\n$/);
    await discard(place);
  });

  it.skipIf(isIndependent)(
    'begins with what was published before, and shows nothing twice',
    async () => {
      const { place, publish, flags } = await newFanOut();
      const before = await publish(5);
      const run = pubsub.start(['tap', '--since', '10m', '--json', '--max', '7', ...flags]);
      await expect.poll(() => run.stdout().split('\n').length, patient).toBe(6);

      const after = await publish(2);
      const { stdout, code } = await run.finished;

      expect(code).toBe(0);
      const ids = stdout
        .trimEnd()
        .split('\n')
        .map((line) => JSON.parse(line).event.event_id);
      expect(ids.slice(0, 5)).toEqual(before);
      expect(ids.slice(5).sort()).toEqual([...after].sort());
      await cleanUpAt(place);
    },
  );

  it.each(['SIGINT', 'SIGTERM'] as const)('cleans up and exits 0 on %s', async (signal) => {
    const { place, publish, flags, traces } = await newFanOut();
    const run = pubsub.spawn(['tap', ...flags]);
    await run.waitFor('Watching');
    expect(await traces()).toEqual({ queues: 1, subscriptions: 4 });
    await publish(1);
    await run.waitFor('order_id=1');

    run.kill(signal);
    const { stderr, code } = await run.finished;

    expect(code).toBe(0);
    expect(stderr).toMatch(/1 seen in \d+ s \(stopped\)/);
    expect(await traces()).toEqual(CLEAN);
    await discard(place);
  });

  it('cleans up when its terminal is closed', async () => {
    const { place, flags, traces } = await newFanOut();
    const terminal = openTerminal(['tap', ...flags], pubsub.env);
    await terminal.waitFor('Watching');

    terminal.kill('SIGHUP');
    terminal.kill('SIGHUP');

    expect(await terminal.exited).toBe(0);
    expect(await traces()).toEqual(CLEAN);
    await discard(place);
  });

  it('cleans up when its reader has seen enough', async () => {
    const { place, publish, flags, traces } = await newFanOut();
    const run = pubsub.spawn(['tap', ...flags]);
    await run.waitFor('Watching');

    run.child.stdout?.destroy();
    // The first one may still find room in the pipe.
    await expect
      .poll(async () => {
        await publish(1);
        return run.child.exitCode;
      }, patient)
      .toBe(0);

    expect(await traces()).toEqual(CLEAN);
    await discard(place);
  });

  it('ends when nothing comes, and when its time is over', async () => {
    const { place, flags, traces } = await newFanOut();

    const [idle, timed] = await Promise.all([
      pubsub.run(['tap', '--idle-timeout', '1', ...flags]),
      pubsub.run(['tap', '--duration', '1s', '--json', ...flags]),
    ]);

    expect(idle).toMatchObject({ code: 0, stdout: '' });
    expect(idle.stderr).toContain('(idle timeout)');
    expect(timed).toMatchObject({ code: 0, stdout: '' });
    expect(timed.stderr).toContain('(time is over)');
    expect(await traces()).toEqual(CLEAN);
    await discard(place);
  });

  it('sees everything of a burst', async () => {
    const { place, publish, flags } = await newFanOut();
    const run = pubsub.start(['tap', '--json', '--max', '300', ...flags]);
    await run.waitFor('Watching');

    const ids = await publish(300);
    const { stdout, code } = await run.finished;

    expect(code).toBe(0);
    const seen = stdout
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line).event.event_id);
    expect(seen.sort()).toEqual([...ids].sort());
    await discard(place);
  });

  it('goes through trouble, and misses nothing', async () => {
    const { place, publish, flags, traces } = await newFanOut();
    const proxy = await startProxy(endpoint.url);
    try {
      const run = pubsub.start(['tap', '--max', '3', ...flags, '--endpoint-url', proxy.url]);
      await run.waitFor('Watching');
      await publish(1);
      await run.waitFor('order_id=1');
      proxy.rule = () => 'cut';
      await publish(2);
      await run.waitFor('Trying again');
      proxy.rule = () => undefined;
      const { stdout, stderr, code } = await run.finished;

      expect(code).toBe(0);
      expect(stdout.trimEnd().split('\n')).toHaveLength(3);
      expect(stderr).toContain('Back after');
      expect(await traces()).toEqual(CLEAN);
    } finally {
      await proxy.close();
    }
    await discard(place);
  });

  it('fails where its queue has to stay', async () => {
    const { place, flags, traces } = await newFanOut();
    const proxy = await startProxy(endpoint.url);
    try {
      const run = pubsub.start(['tap', ...flags, '--endpoint-url', proxy.url]);
      await run.waitFor('Watching');
      proxy.rule = ({ action }) => (action === 'Unsubscribe' ? 'cut' : undefined);
      run.kill('SIGTERM');
      const { stderr, code } = await run.finished;

      expect(stderr).toMatch(/! The temporary queue \S+ is still there\. .*nothing answers at/);
      expect(code).toBe(1);
      expect(await traces()).not.toEqual(CLEAN);
    } finally {
      await proxy.close();
    }
    await discard(place);
  });

  it('keeps the order of a group on a FIFO topic', async () => {
    const cwd = mkdtempSync(join(tmpdir(), 'pubsub-tap-'));
    writeFileSync(join(cwd, 'pubsub.yaml'), 'fifo: true\n');
    const flags = ['--prefix', uniquePrefix(), '--endpoint-url', endpoint.url];
    await pubsub.run(['setup', ...flags], { cwd });
    const run = pubsub.start(['tap', '--json', '--max', '50', ...flags], { cwd });
    await run.waitFor('Watching');

    await pubsub.run(['publish', 'order.created', '--count', '50', '--group', 'one', ...flags], {
      cwd,
    });
    const { stdout, code } = await run.finished;
    const { code: cleaned } = await pubsub.run(['cleanup', '--yes', ...flags], { cwd });
    rmSync(cwd, { recursive: true });

    const records = stdout
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect({ code, cleaned }).toEqual({ code: 0, cleaned: 0 });
    expect(records.map(({ event }) => event.order_id)).toEqual(
      Array.from({ length: 50 }, (_, index) => index + 1),
    );
    expect(records[0]).toMatchObject({ groupId: 'one', sequenceNumber: expect.any(String) });
  });

  it('removes what a killed one left, once that has expired', async () => {
    const { place, flags, traces } = await newFanOut();
    const killed = pubsub.spawn(['tap', ...flags]);
    await killed.waitFor('Watching');
    killed.child.kill('SIGKILL');
    await killed.finished;
    expect(await traces()).toEqual({ queues: 1, subscriptions: 4 });

    await pubsub.run(['tap', '--duration', '1', ...flags]);
    expect(await traces()).toEqual({ queues: 1, subscriptions: 4 });
    const [url = ''] = await listQueueUrls(place.aws, `${place.topology.prefix}-pubsub-`);
    await tagQueue(place.aws, url, { 'pubsub:expires': new Date(0).toISOString() });
    const { stderr } = await pubsub.run(['tap', '--duration', '1', ...flags]);

    expect(stderr).toContain('which was left behind');
    expect(await traces()).toEqual(CLEAN);
    await discard(place);
  });

  it('leaves what setup and cleanup can remove', async () => {
    const { place, flags, traces } = await newFanOut();
    const leave = async (): Promise<void> => {
      const killed = pubsub.spawn(['tap', ...flags]);
      await killed.waitFor('Watching');
      killed.child.kill('SIGKILL');
      await killed.finished;
    };
    await leave();
    const [url = ''] = await listQueueUrls(place.aws, `${place.topology.prefix}-pubsub-`);
    await tagQueue(place.aws, url, { 'pubsub:expires': new Date(0).toISOString() });
    await pubsub.run(['setup', ...flags]);
    expect(await traces()).toEqual(CLEAN);

    await leave();
    const plan = await pubsub.run(['cleanup', '--dry-run', ...flags]);
    const { code } = await pubsub.run(['cleanup', '--yes', ...flags]);

    expect(plan.stdout).toMatch(/- queue {9}\S+-pubsub-tap-[0-9a-f]{8} \(temporary\)/);
    expect(plan.stdout).toMatch(/- subscription {2}\S+-pubsub-tap-[0-9a-f]{8} \(temporary\)/);
    expect(code).toBe(0);
    expect((await traces()).queues).toBe(0);
  });

  it('says so when somebody cleans up meanwhile', async () => {
    const { place, flags } = await newFanOut();
    const run = pubsub.start(['tap', '--json', ...flags]);
    await run.waitFor('Watching');

    await cleanUpAt(place);
    const { stdout, code } = await run.finished;

    expect(code).toBe(1);
    expect(JSON.parse(stdout)).toMatchObject({ error: { code: 'TapRemoved' } });
  });

  it('fits a narrow terminal', async () => {
    const { place, publish, flags } = await newFanOut();
    const terminal = openTerminal(['tap', '--max', '1', ...flags], pubsub.env, {
      columns: 40,
      rows: 24,
    });
    await terminal.waitFor('Watching');

    await publish(1, 'order.created', { note: 'x'.repeat(60) });
    expect(await terminal.exited).toBe(0);

    const text = plain(terminal.output()).replaceAll('\r', '');
    const lines = text.slice(text.indexOf('order.created') - 10).split('\n');
    expect(lines.slice(0, 3)).toEqual([
      expect.stringMatching(/^\d\d:\d\d:\d\d {2}order.created {2}order_id=1$/),
      '  user_id=1  total=29.99  status=pending',
      expect.stringMatching(/^ {2}@note=x+…$/),
    ]);
    expect(Math.max(...lines.slice(0, 3).map(({ length }) => length))).toBeLessThanOrEqual(40);
    await discard(place);
  });

  it.each([
    [['--filter', '{"a":"b"}'], 'must be an object or an array'],
    [['--filter', 'a=b', '--subscriber', 'email'], 'cannot be used together'],
    [['--subscriber', 'emial'], 'Did you mean "email"?'],
    [['--subscriber', 'all'], '--subscriber names one subscriber'],
    [['--scope', 'body'], '--scope needs --filter'],
    [['--where', 'total'], 'is not a comparison of a field'],
    [['--max', '0'], '--max must be a whole number from 1'],
    [['--duration', 'soon'], '--duration must be a length of time'],
    [['--since', '10m', '--target', 'aws'], 'only the embedded engine can look back'],
  ])('refuses %j before it calls anybody', async (args, words) => {
    const { stderr, stdout, code } = await pubsub.run(['tap', ...args]);

    expect({ stdout, code }).toEqual({ stdout: '', code: 2 });
    expect(stderr).toContain(words);
  });

  it('says what to do where there is no topic', async () => {
    const prefix = uniquePrefix();
    const flags = ['--prefix', prefix, '--endpoint-url', endpoint.url];

    const { stderr, code } = await pubsub.run(['tap', ...flags]);

    expect(code).toBe(1);
    expect(stderr).toContain(`There is no topic "${prefix}-order-events".`);
    expect(stderr).toContain(`Create it with: pubsub setup`);
  });
});
