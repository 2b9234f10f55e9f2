import { beforeAll, describe, expect, it } from 'vitest';
import { handleOnceInTable } from '../../../src/lib/consume/lambda/handled-in-table.ts';
import { subscriberCode } from '../../../src/lib/functions/built-functions.ts';
import { orderEventJson } from '../../../src/lib/orders/order-event.ts';
import type { Place } from '../../../src/lib/topology/inspect.ts';
import { uniquePrefix, useEndpoint } from '../../fixtures/endpoint.ts';
import { invoke } from '../../fixtures/function-requests.ts';
import { type CodeForm, createSubscribers, printedBy } from '../../fixtures/order-functions.ts';
import { makeOrdersTable } from '../../fixtures/orders-table.ts';
import { fanOutAt, newPlace } from '../../fixtures/topology.ts';

const endpoint = useEndpoint();
const TIME = '2025-01-01T12:00:00.000Z';
const ORDER = {
  ...{ id: 1, user_id: 1, total: '29.90', created_at: TIME, updated_at: TIME },
  status: 'pending' as const,
};

/** A message of a queue as Lambda hands it over. */
const record = (messageId: string, body: string, group?: string) => ({
  messageId,
  receiptHandle: messageId,
  body,
  attributes: {
    ApproximateReceiveCount: '2',
    ...(group !== undefined && { MessageGroupId: group }),
  },
  messageAttributes: {},
  eventSourceARN: `arn:aws:sqs:us-east-1:000000000000:q${group === undefined ? '' : '.fifo'}`,
});

describe.each(['folder', 'zip'] as const)(
  'subscribers as functions out of a %s',
  (form: CodeForm) => {
    let place: Place;
    let topicArn = '';
    let names: ReadonlyMap<string, string>;
    const table = `${uniquePrefix()}-orders`;
    beforeAll(async () => {
      place = await newPlace(endpoint);
      topicArn = await fanOutAt(place);
      await makeOrdersTable(endpoint, table);
      names = await createSubscribers(place, { table, form });
    });
    const printed = (subscriber: string) => printedBy(place, names.get(subscriber) ?? '');
    const give = (...records: ReturnType<typeof record>[]) =>
      invoke(endpoint, names.get('email') ?? '', { Records: records });

    it('do what the demo shows, once for each event', async () => {
      const { publishBatch } = await import('../../../src/lib/aws/publish.ts');
      const message = orderEventJson('e-1', 'order.created', ORDER);
      const entry = { message, subject: undefined, attributes: {} };
      const other = {
        ...entry,
        message: orderEventJson('e-2', 'order.created', { ...ORDER, id: 2 }),
      };
      // A topic that is sent to twice for one event: the relay was killed in between.
      await publishBatch(place.aws, topicArn, [entry, entry]);
      await publishBatch(place.aws, topicArn, [other]);
      const lines = [
        '📧 Sending order confirmation email for order 1',
        '   User: 1, Total: $29.90',
      ];
      await expect
        .poll(async () => (await printed('email')).join('\n'))
        .toContain('event e-1 was handled before');
      // Order 2 may be handled in another process, before order 1: its second line is the same.
      const email = async () => (await printed('email')).filter((line) => lines.includes(line));
      await expect
        .poll(async () => (await email()).toSorted())
        .toEqual([...lines, lines[1]].toSorted());
      for (const [name, text] of [
        ['inventory', '📦 Reserving inventory for order 2'],
        ['analytics', '   Order: 2, User: 1'],
      ] as const) {
        await expect.poll(() => printed(name)).toContain(text);
      }
    });

    it('name the messages that are to come again, and why in the log', async () => {
      const answer = await give(
        record('m-1', orderEventJson('e-3', 'order.created', ORDER)),
        record('m-2', '{"event_type":"payment.taken"}'),
        record('m-3', 'no JSON'),
      );
      expect(answer).toEqual({
        batchItemFailures: [{ itemIdentifier: 'm-2' }, { itemIdentifier: 'm-3' }],
      });
      await expect
        .poll(async () => (await printed('email')).join('\n'))
        .toMatch(/message m-2 failed, receive 2: This is not an order event/);
    });

    it('handle an event again that they failed at, and not one that is being handled', async () => {
      const handled = { aws: endpoint.aws, table, subscriber: 'email' };
      const at = { eventId: 'e-4', leaseMs: 60_000 };
      const fails = handleOnceInTable(handled, at, () => Promise.reject(new Error('no')));
      await expect(fails).rejects.toThrow('no');
      const message = orderEventJson('e-4', 'order.created', ORDER);
      let during: unknown;
      const isNew = await handleOnceInTable(handled, at, async () => {
        during = await give(record('m-4', message));
      });
      expect([isNew, during]).toEqual([true, { batchItemFailures: [{ itemIdentifier: 'm-4' }] }]);
      expect(await give(record('m-4', message))).toEqual({ batchItemFailures: [] });
      // Whoever was killed while it handled one has it until its time is over.
      const gone = { eventId: 'e-5', leaseMs: -1 };
      await handleOnceInTable(handled, gone, async () => {
        expect(await handleOnceInTable(handled, gone, async () => {})).toBe(true);
      });
    });

    it('leave the rest of a FIFO group for later where one of it failed', async () => {
      const good = (n: number) => orderEventJson(`f-${n}`, 'order.created', ORDER);
      const answer = await give(
        record('m-1', good(1), 'a'),
        record('m-2', 'no JSON', 'a'),
        record('m-3', good(2), 'a'),
        record('m-4', good(3), 'b'),
      );
      expect(answer).toEqual({
        batchItemFailures: [{ itemIdentifier: 'm-2' }, { itemIdentifier: 'm-3' }],
      });
    });
  },
);

it('are made of modules alone, always of the same bytes', async () => {
  const { topology } = await newPlace(endpoint);
  const [subscriber] = topology.subscribers;
  if (subscriber === undefined) throw new Error('It has three.');
  const code = subscriberCode(topology, subscriber);
  expect(code?.zip().sha256).toBe(subscriberCode(topology, subscriber)?.zip().sha256);
  expect(subscriberCode(topology, { name: 'x', handler: undefined })).toBeUndefined();
});
