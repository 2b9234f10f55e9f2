import { CreateEventSourceMappingCommand } from '@aws-sdk/client-lambda';
import { CreateQueueCommand, SendMessageCommand } from '@aws-sdk/client-sqs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { NodeDetail } from '../../../src/lib/dashboard/api/node.ts';
import type { Overview } from '../../../src/lib/dashboard/api/overview.ts';
import type { QueueMessage, QueueMessages } from '../../../src/lib/dashboard/api/queues.ts';
import type { Place } from '../../../src/lib/topology/inspect.ts';
import { startDashboard, type TestDashboard } from '../../fixtures/dashboard.ts';
import { isIndependent, useEndpoint } from '../../fixtures/endpoint.ts';
import { createForeignFunction, notificationsPlace } from '../../fixtures/order-notifications.ts';
import { setUpAt } from '../../fixtures/topology.ts';

describe.skipIf(isIndependent)('functions on the page', () => {
  const endpoint = useEndpoint();
  let place: Place;
  let page: TestDashboard;
  beforeAll(async () => {
    place = await notificationsPlace(endpoint);
    await setUpAt(place);
    page = await startDashboard(place, endpoint);
  });
  afterAll(() => page.stop());

  const arnOf = (service: string, name: string): string =>
    `arn:aws:${service}:us-east-1:${place.identity.account}:${name}`;

  /** A queue of nobody's topology, from which a function takes that somebody else made; it gives up after one receive. */
  async function foreignQueue(name: string, code: string): Promise<string> {
    const { sqs } = place.aws;
    await sqs.send(new CreateQueueCommand({ QueueName: `${name}-dlq` }));
    const redrive = { deadLetterTargetArn: arnOf('sqs', `${name}-dlq`), maxReceiveCount: 1 };
    const { QueueUrl = '' } = await sqs.send(
      new CreateQueueCommand({
        QueueName: name,
        Attributes: { RedrivePolicy: JSON.stringify(redrive), VisibilityTimeout: '30' },
      }),
    );
    await createForeignFunction(place, name, code);
    const lambda = await place.aws.lambda();
    await lambda.send(
      new CreateEventSourceMappingCommand({
        FunctionName: name,
        EventSourceArn: arnOf('sqs', name),
        BatchSize: 1,
      }),
    );
    return QueueUrl;
  }

  /** Sends a message that fails, and waits until it is dead. */
  async function deadLetter(name: string, QueueUrl: string): Promise<QueueMessage | undefined> {
    await place.aws.sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: 'x' }));
    const lying = () => page.ask<QueueMessages>(`queues/${name}-dlq/messages`);
    await expect
      .poll(async () => {
        await endpoint.engine.advance('31s');
        return (await lying()).messages.length;
      })
      .toBe(1);
    return (await lying()).messages[0];
  }

  it('draws those that take from a queue, whoever made them', async () => {
    await foreignQueue('theirs', 'export const handler = () => null;');
    const graph = () => page.ask<Overview>('overview');
    await expect
      .poll(async () => (await graph()).nodes.filter(({ kind }) => kind === 'function').length)
      .toBe(2);
    const { nodes, edges } = await graph();
    const id = arnOf('lambda', 'function:theirs');
    expect(nodes.find((node) => node.id === id)).toMatchObject({
      name: 'theirs',
      subscriber: null,
      missing: false,
    });
    expect(edges.find(({ to }) => to === id)).toMatchObject({
      kind: 'mapping',
      from: arnOf('sqs', 'theirs'),
      state: 'delivering',
    });
    const { attributes, commands } = await page.ask<NodeDetail>(`node/${encodeURIComponent(id)}`);
    expect(attributes).toContainEqual({ name: 'runtime', value: 'nodejs24.x' });
    expect(commands.map(({ command }) => command)).toEqual([
      'pubsub functions logs theirs --follow',
      'pubsub functions invoke theirs',
    ]);
  });

  it('draws no function of a topology of which nothing is there', async () => {
    const elsewhere = await notificationsPlace(endpoint);
    const empty = await startDashboard(elsewhere, endpoint);
    const { nodes, remarks } = await empty.ask<Overview>('overview');
    await empty.stop();
    expect(nodes.filter(({ missing }) => missing)).toEqual([]);
    expect(remarks).toEqual([
      'Nothing of order-notifications is here. Set it up with: pubsub setup',
    ]);
  });

  it("tells why a dead letter failed from the function's log", async () => {
    const code = (words: string) =>
      `export const handler = ({ Records: [record] }) => { throw new Error(${words}); };`;
    const named = await foreignQueue('named', code('record.messageId + ": no stock"'));
    expect((await deadLetter('named', named))?.reasons).toEqual([
      {
        time: expect.any(String),
        reason: expect.stringMatching(/: no stock$/),
        receiveCount: null,
      },
    ]);
    const silent = await foreignQueue('silent', code('"out of order"'));
    expect((await deadLetter('silent', silent))?.reasons).toEqual([
      {
        time: expect.any(String),
        reason: "Error: out of order (the function's last error; its log doesn't name the message)",
        receiveCount: null,
      },
    ]);
  });

  it('says of a queue that a function takes from what listen does', async () => {
    const [{ queue = '' } = {}] = place.topology.subscribers;
    const { commands } = await page.ask<NodeDetail>(
      `node/${encodeURIComponent(arnOf('sqs', queue))}`,
    );
    expect(commands).toContainEqual({
      label: 'Follow what its function does',
      command: 'pubsub listen orders',
    });
  });
});

describe.skipIf(isIndependent)('an engine with nothing on it', () => {
  const endpoint = useEndpoint();

  it('is said to have nothing, with the command once', async () => {
    const page = await startDashboard(await notificationsPlace(endpoint), endpoint);
    const { nodes, remarks, commands } = await page.ask<Overview>('overview');
    await page.stop();
    expect(nodes).toEqual([]);
    expect(remarks).toEqual(['The topology order-notifications is not set up.']);
    expect(commands.setup).toBe('pubsub setup');
  });
});
