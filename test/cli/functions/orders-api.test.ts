import { ReceiveMessageCommand } from '@aws-sdk/client-sqs';
import { beforeAll, describe, expect, it } from 'vitest';
import { deleteTopic } from '../../../src/lib/aws/topics.ts';
import type { Place } from '../../../src/lib/topology/inspect.ts';
import { useEndpoint } from '../../fixtures/endpoint.ts';
import { type httpEvent, invoke, invokeHttp } from '../../fixtures/function-requests.ts';
import { createOrdersApi } from '../../fixtures/order-functions.ts';
import { makeOrdersTable } from '../../fixtures/orders-table.ts';
import { fanOutAt, newPlace, urlOf } from '../../fixtures/topology.ts';

const endpoint = useEndpoint();
const ORDER = { user_id: 1, total: 29.9 };

/** The ids of the orders that the events in a queue tell of, by their type. */
async function announcedIn(place: Place, queue: string): Promise<string[]> {
  const { Messages = [] } = await endpoint.aws.sqs.send(
    new ReceiveMessageCommand({
      QueueUrl: await urlOf(place, queue),
      MaxNumberOfMessages: 10,
      VisibilityTimeout: 0,
    }),
  );
  return Messages.map(({ Body = '' }) => {
    const { event_type, order_id } = JSON.parse(JSON.parse(Body).Message);
    return `${event_type} ${order_id}`;
  }).sort();
}

describe.each(['folder', 'zip'] as const)('the order API as a function out of a %s', (form) => {
  let name = '';
  let place: Place;
  let topicArn = '';
  const send = (...request: Parameters<typeof httpEvent>) => invokeHttp(endpoint, name, ...request);
  beforeAll(async () => {
    place = await newPlace(endpoint);
    topicArn = await fanOutAt(place);
    const table = `${place.topology.prefix}-orders`;
    await makeOrdersTable(endpoint, table);
    name = await createOrdersApi(place, { table, topicArn, form });
  });

  it('stores, changes and announces orders, and publishes later what nobody took', async () => {
    const created = await send('POST', '/orders', ORDER, { 'idempotency-key': 'k' });
    expect(created).toMatchObject({
      statusCode: 201,
      headers: { 'x-request-id': 'request-1', location: '/orders/1' },
    });
    expect(JSON.parse(created.body)).toMatchObject({ id: 1, ...ORDER, status: 'pending' });
    const again = await send('POST', '/orders', ORDER, { 'idempotency-key': 'k' });
    expect([again.body, again.headers['idempotency-replayed']]).toEqual([created.body, 'true']);
    expect((await send('PATCH', '/orders/1', { status: 'confirmed' })).statusCode).toBe(200);
    expect((await send('GET', '/orders/1')).body).toContain('"status":"confirmed"');
    for (const { queue } of place.topology.subscribers) {
      await expect
        .poll(() => announcedIn(place, queue))
        .toEqual(['order.created 1', 'order.updated 1']);
    }
    expect((await send('GET', '/ready')).statusCode).toBe(200);
    // The topic goes: orders are taken all the same, and their events wait.
    await deleteTopic(endpoint.aws, topicArn);
    const kept = await send('POST', '/orders', ORDER);
    expect(kept.statusCode).toBe(201);
    // A look counts for a second.
    await expect
      .poll(async () => JSON.parse((await send('GET', '/ready')).body).checks)
      .toMatchObject({ outbox: { waiting: 1, failing: 1 }, topic: { ok: false } });
    // Not due yet: whoever stored it has its time.
    expect(await invoke(endpoint, name, { source: 'aws.events' })).toEqual({ published: 0 });
    const older = { version: '1.0', httpMethod: 'GET', requestContext: {} };
    await expect(invoke(endpoint, name, older)).rejects.toThrow('payload format 2.0');
  });
});
