import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { type Aws, createAws } from '../../../src/lib/aws/clients.ts';
import { resolveSettings } from '../../../src/lib/config/settings.ts';
import type { PublishItem, PublishOptions } from '../../../src/lib/publish/publisher.ts';
import {
  createOrderEvent,
  createPublisher,
  type OrderEvent,
  sampleOrder,
} from '../../fixtures/orders.ts';

const TOPIC = 'arn:aws:sns:us-east-1:000000000000:orders.fifo';

interface Entry {
  readonly id: string;
  readonly group: string;
  readonly deduplicationId: string;
  readonly orderId: number;
}

/** What becomes of an entry: taken, refused for good, or refused for a reason that passes. */
type Verdict = 'taken' | 'refused' | 'later';

const closers: (() => void)[] = [];
afterEach(() => {
  for (const close of closers.splice(0)) close();
});

/**
 * An SNS of the test's own, which answers each `PublishBatch` when the test lets it.
 * @param judge decides about an entry, asked in the order of arrival.
 */
async function startSns(
  judge: (entry: Entry) => Verdict,
  before: (
    entries: readonly Entry[],
    response: ServerResponse,
  ) => Promise<boolean> | undefined = () => undefined,
) {
  const taken: Entry[] = [];
  const requests: (readonly Entry[])[] = [];
  let under = 0;
  let most = 0;
  const server = createServer(async (incoming, response) => {
    let body = '';
    for await (const chunk of incoming) body += String(chunk);
    const entries = read(new URLSearchParams(body));
    requests.push(entries);
    most = Math.max(most, ++under);
    try {
      if (await before(entries, response)) return;
      const verdicts = entries.map((entry) => ({ entry, verdict: judge(entry) }));
      taken.push(...verdicts.filter((each) => each.verdict === 'taken').map(({ entry }) => entry));
      response.writeHead(200, { 'content-type': 'text/xml' });
      response.end(answer(verdicts));
    } finally {
      under--;
    }
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const endpointUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const aws: Aws = await createAws(
    await resolveSettings({ endpointUrl, region: 'us-east-1' }, {}, '/'),
  );
  closers.push(() => {
    aws.close();
    server.close();
    server.closeAllConnections();
  });
  return { aws, taken, requests, most: () => most };
}

function read(form: URLSearchParams): Entry[] {
  const entries: Entry[] = [];
  for (let index = 1; ; index++) {
    const field = (name: string): string =>
      form.get(`PublishBatchRequestEntries.member.${index}.${name}`) ?? '';
    if (field('Id') === '') return entries;
    entries.push({
      id: field('Id'),
      group: field('MessageGroupId'),
      deduplicationId: field('MessageDeduplicationId'),
      orderId: JSON.parse(field('Message')).order_id,
    });
  }
}

function answer(verdicts: readonly { entry: Entry; verdict: Verdict }[]): string {
  const members = (wanted: boolean): string =>
    verdicts
      .filter(({ verdict }) => (verdict === 'taken') === wanted)
      .map(({ entry, verdict }) =>
        wanted
          ? `<member><Id>${entry.id}</Id><MessageId>m-${entry.orderId}</MessageId></member>`
          : `<member><Id>${entry.id}</Id><Code>Refused</Code><Message>no</Message><SenderFault>${verdict === 'refused'}</SenderFault></member>`,
      )
      .join('');
  return `<PublishBatchResponse xmlns="http://sns.amazonaws.com/doc/2010-03-31/"><PublishBatchResult><Failed>${members(false)}</Failed><Successful>${members(true)}</Successful></PublishBatchResult><ResponseMetadata><RequestId>r</RequestId></ResponseMetadata></PublishBatchResponse>`;
}

/** Orders from 1, in groups by turns: `g0`, `g1` … */
function items(count: number, groups: number): PublishItem<OrderEvent>[] {
  return Array.from({ length: count }, (_, index) => ({
    event: createOrderEvent('order.created', { ...sampleOrder(index), order_id: index + 1 }),
    group: `g${index % groups}`,
  }));
}

function inGroup(entries: readonly Entry[], group: string): number[] {
  return entries.filter((entry) => entry.group === group).map(({ orderId }) => orderId);
}

/** Publishes and gives back what became of it, failures by order id. */
async function publish(
  aws: Aws,
  events: Iterable<PublishItem<OrderEvent>>,
  options: PublishOptions<OrderEvent> = {},
) {
  const failures = new Map<number, string>();
  const report = await createPublisher({ aws, topicArn: TOPIC }).publish(events, {
    onFailed: ({ item, code, kind }) => failures.set(item.event.order_id, `${code} ${kind}`),
    ...options,
  });
  return { report, failures };
}

describe('a publisher to a FIFO topic', () => {
  it('sends the events of a group one after the other, and groups side by side', async () => {
    const under = new Set<string>();
    const sns = await startSns(
      () => 'taken',
      async (entries) => {
        for (const { group } of entries) {
          expect(under.has(group), `two events of ${group} at once`).toBe(false);
          under.add(group);
        }
        await new Promise((resolve) => setTimeout(resolve, 5));
        for (const { group } of entries) under.delete(group);
        return false;
      },
    );
    const { report } = await publish(sns.aws, items(600, 40));
    expect(report).toEqual({ published: 600, failed: 0, fatal: undefined });
    for (let group = 0; group < 40; group++) {
      const expected = Array.from({ length: 15 }, (_, turn) => turn * 40 + group + 1);
      expect(inGroup(sns.taken, `g${group}`)).toEqual(expected);
    }
    expect(sns.most()).toBeGreaterThan(1);
    expect(sns.requests.length).toBeLessThan(300);
  });

  it('gives each event the id of the order as its group, and its own as deduplication id', async () => {
    const sns = await startSns(() => 'taken');
    const [first, second] = items(2, 1).map(({ event }) => ({ event }));
    if (!first || !second) throw new Error('no items');
    const odd = { event: { ...second.event, event_id: 'with space' } };
    await publish(sns.aws, [first, odd]);
    expect(sns.taken.map(({ group }) => group)).toEqual(['1', '2']);
    expect(sns.taken[0]?.deduplicationId).toBe(first.event.event_id);
    expect(sns.taken[1]?.deduplicationId).toMatch(/^[0-9a-f]{64}$/);
  });

  it('holds a group back while an event of it is tried again', async () => {
    let tries = 0;
    const sns = await startSns(({ orderId }) => (orderId === 1 && ++tries < 3 ? 'later' : 'taken'));
    const { report } = await publish(sns.aws, items(20, 2));
    expect(report).toMatchObject({ published: 20, failed: 0 });
    expect(inGroup(sns.taken, 'g0')).toEqual([1, 3, 5, 7, 9, 11, 13, 15, 17, 19]);
    const whole = sns.taken.map(({ group }) => group);
    // The other group did not wait.
    expect(whole.lastIndexOf('g1')).toBeLessThan(whole.lastIndexOf('g0'));
  });

  it('publishes nothing of a group behind an event that was refused, and all of the others', async () => {
    const sns = await startSns(({ orderId }) => (orderId === 4 ? 'refused' : 'taken'));
    const { report, failures } = await publish(sns.aws, items(1200, 3));
    expect(inGroup(sns.taken, 'g0')).toEqual([1]);
    expect(inGroup(sns.taken, 'g1')).toHaveLength(400);
    expect(inGroup(sns.taken, 'g2')).toHaveLength(400);
    expect(report).toMatchObject({ published: 801, failed: 399, fatal: undefined });
    expect(failures.get(4)).toBe('Refused refused');
    const held = [...failures].filter(([, why]) => why === 'GroupHeldBack unsent');
    expect(held.map(([orderId]) => orderId)).toEqual(
      Array.from({ length: 398 }, (_, turn) => turn * 3 + 7),
    );
  });

  it('holds a group back behind an event that is too large', async () => {
    const sns = await startSns(() => 'taken');
    const events = items(6, 2).map((item) =>
      item.event.order_id === 3
        ? { ...item, event: Object.assign(item.event, { note: 'x'.repeat(262_144) }) }
        : item,
    );
    const { failures } = await publish(sns.aws, events);
    expect(sns.taken.map(({ orderId }) => orderId).sort()).toEqual([1, 2, 4, 6]);
    expect([...failures]).toEqual([
      [3, 'MessageTooLong refused'],
      [5, 'GroupHeldBack unsent'],
    ]);
  });

  it('takes a group again after its failure where that was asked for', async () => {
    const sns = await startSns(({ orderId }) => (orderId === 1 ? 'refused' : 'taken'));
    let tell: () => void = () => {};
    const told = new Promise<void>((resolve) => {
      tell = resolve;
    });
    async function* source(): AsyncGenerator<PublishItem<OrderEvent>> {
      const [first, second] = items(2, 1);
      if (first) yield first;
      await told;
      if (second) yield second;
    }
    const failures: number[] = [];
    await createPublisher({ aws: sns.aws, topicArn: TOPIC }).publish(source(), {
      reopenGroups: true,
      onFailed: ({ item }) => {
        failures.push(item.event.order_id);
        tell();
      },
    });
    expect(failures).toEqual([1]);
    expect(inGroup(sns.taken, 'g0')).toEqual([2]);
  });

  it('says of every event what became of it when it is stopped', async () => {
    const controller = new AbortController();
    const sns = await startSns(
      () => 'taken',
      async () => {
        controller.abort();
        return false;
      },
    );
    const { report, failures } = await publish(sns.aws, items(50, 1), {
      signal: controller.signal,
    });
    expect(sns.taken.map(({ orderId }) => orderId)).toEqual([1]);
    expect(report).toMatchObject({ published: 1, fatal: undefined });
    expect(report.failed).toBeGreaterThan(0);
    expect(new Set(failures.values())).toEqual(new Set(['NotSent unsent']));
    expect([...failures.keys()][0]).toBe(2);
  });

  it('tells what may have been accepted from what was not when the server is gone', async () => {
    const sns = await startSns(
      () => 'taken',
      async (entries, response) => {
        const [{ orderId } = { orderId: 0 }] = entries;
        if (orderId < 3) return false;
        response.destroy();
        return true;
      },
    );
    const { report, failures } = await publish(sns.aws, items(5, 1), { retryFor: 0 });
    expect(report).toMatchObject({ published: 2, fatal: { code: 'EndpointUnreachable' } });
    expect([...failures]).toEqual([
      [3, 'EndpointUnreachable unsure'],
      [4, 'EndpointUnreachable unsent'],
      [5, 'EndpointUnreachable unsent'],
    ]);
  });
});
