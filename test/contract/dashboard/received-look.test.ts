import { SendMessageCommand } from '@aws-sdk/client-sqs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { QueueMessages } from '../../../src/lib/dashboard/api/queues.ts';
import { startAwsDashboard } from '../../fixtures/dashboard.ts';
import { isIndependent, useEndpoint } from '../../fixtures/endpoint.ts';
import { ordersTopology } from '../../fixtures/orders-topology.ts';
import { newPlace, setUpAt } from '../../fixtures/topology.ts';

const DLQ = 'email-service-dlq';

describe.skipIf(isIndependent)('a look into a queue of a target that answers as AWS does', () => {
  const endpoint = useEndpoint();
  let opened: Awaited<ReturnType<typeof startAwsDashboard>>;
  beforeAll(async () => {
    await setUpAt({ ...(await newPlace(endpoint)), topology: ordersTopology('') });
    opened = await startAwsDashboard(endpoint.url, { writesAllowed: true });
  });
  afterAll(async () => {
    await opened.served.stop();
    await opened.proxy.close();
  });

  it('counts what it saw, also where the figures were read before it came', async () => {
    const look = () => opened.served.ask<QueueMessages>(`queues/${DLQ}/messages`);
    expect(await look()).toMatchObject({ how: 'receive', visible: 0, messages: [] });
    const QueueUrl = `${opened.proxy.url}/000000000000/${DLQ}`;
    for (const MessageBody of ['one', 'two'])
      await opened.proxy.aws.sqs.send(new SendMessageCommand({ QueueUrl, MessageBody }));
    const found = await look();
    expect(found.messages.map(({ text }) => text.text).sort()).toEqual(['one', 'two']);
    expect(found.visible).toBe(2);
  });
});
