import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PublishCommand } from '@aws-sdk/client-sns';
import {
  DeleteMessageCommand,
  type Message,
  ReceiveMessageCommand,
  SendMessageCommand,
  SetQueueAttributesCommand,
  StartMessageMoveTaskCommand,
} from '@aws-sdk/client-sqs';
import { afterAll, describe, expect, it } from 'vitest';
import { peekQueue } from '../../../src/lib/aws/peek.ts';
import { keepReason } from '../../../src/lib/consume/failure-reasons.ts';
import { lookInQueues } from '../../../src/lib/diagnose/trace/look-in-queues.ts';
import { readTrace } from '../../../src/lib/diagnose/trace/read-trace.ts';
import type { MessageTrace } from '../../../src/lib/diagnose/trace/trace.ts';
import type { Place } from '../../../src/lib/topology/inspect.ts';
import { isIndependent, useEndpoint } from '../../fixtures/endpoint.ts';
import { fanOutAt, newPlace, subscriber, urlOf } from '../../fixtures/topology.ts';

const stateDir = mkdtempSync(join(tmpdir(), 'pubsub-trace-'));
afterAll(() => rmSync(stateDir, { recursive: true, force: true }));

describe("a message's way", () => {
  const endpoint = useEndpoint();
  const { signal } = new AbortController();

  async function published(
    place: Place,
    fields: Readonly<Record<string, unknown>> = {},
  ): Promise<{ readonly eventId: string; readonly messageId: string }> {
    const { aws, identity, topology } = place;
    const eventId = randomUUID();
    const { MessageId: messageId = '' } = await aws.sns.send(
      new PublishCommand({
        TopicArn: `arn:aws:sns:us-east-1:${identity.account}:${topology.topics[0]?.name}`,
        Message: JSON.stringify({ event_id: eventId, event_type: 'order.created', ...fields }),
      }),
    );
    return { eventId, messageId };
  }

  async function receive(place: Place, url: string, hideSeconds = 30): Promise<Message> {
    for (;;) {
      const { Messages: [message] = [] } = await place.aws.sqs.send(
        new ReceiveMessageCommand({
          QueueUrl: url,
          WaitTimeSeconds: 1,
          VisibilityTimeout: hideSeconds,
        }),
      );
      if (message !== undefined) return message;
    }
  }

  /** Receives a message until SQS gives it up. */
  async function die(place: Place, name: string): Promise<string> {
    const { queue, dlq = '', maxReceiveCount } = subscriber(place, name);
    const url = await urlOf(place, queue);
    let messageId = '';
    for (let count = 0; count < maxReceiveCount; count += 1) {
      messageId = (await receive(place, url, 0)).MessageId ?? '';
    }
    const letters = await urlOf(place, dlq);
    // The next receive moves it.
    await place.aws.sqs.send(new ReceiveMessageCommand({ QueueUrl: url, WaitTimeSeconds: 1 }));
    await receive(place, letters, 0);
    return messageId;
  }

  const trace = async (place: Place, id: string): Promise<readonly MessageTrace[]> =>
    (await readTrace({ place, id, stateDir, signal })).messages;
  const states = ([message]: readonly MessageTrace[]): Record<string, string> =>
    Object.fromEntries(
      (message?.branches ?? []).map(({ subscriber: name, state }) => [name ?? '?', state]),
    );

  describe.skipIf(isIndependent)('on an engine', () => {
    it('tells who got it, who filtered it by which clause, and whose policy refused it', async () => {
      const place = await newPlace(endpoint, undefined, {
        subscribers: {
          inventory: {
            filterPolicy: '{"total":[{"numeric":[">=",100]}]}',
            filterPolicyScope: 'MessageBody',
          },
        },
      });
      await fanOutAt(place);
      const refusing = await urlOf(place, subscriber(place, 'analytics').queue);
      await place.aws.sqs.send(
        new SetQueueAttributesCommand({ QueueUrl: refusing, Attributes: { Policy: '' } }),
      );
      const { eventId, messageId } = await published(place, { total: 29.99 });
      const url = await urlOf(place, subscriber(place, 'email').queue);
      const { ReceiptHandle, MessageId } = await receive(place, url);

      const during = await trace(place, eventId);
      expect(states(during)).toEqual({
        email: 'hidden',
        inventory: 'filtered',
        analytics: 'refused',
      });
      await place.aws.sqs.send(new DeleteMessageCommand({ QueueUrl: url, ReceiptHandle }));
      const after = await trace(place, messageId);
      expect(states(after)).toMatchObject({ email: 'handled' });
      expect(after[0]).toMatchObject({
        messageId,
        eventId,
        eventType: 'order.created',
        subscriptions: 3,
      });
      const words = (after[0]?.branches ?? [])
        .flatMap(({ steps }) => steps)
        .map((step) => step.words);
      expect(words).toContainEqual(
        expect.stringContaining('kept out by {"total":[{"numeric":[">=",100]}]}: total is 29.99'),
      );
      expect(words).toContainEqual(
        expect.stringMatching(/^refused \(AccessDenied\): .* has no policy/),
      );
      // The id in the queue leads to the same message.
      expect(await trace(place, MessageId ?? '')).toEqual(after);
    });

    it('tells why it failed, where it is dead, and what became of it after a move task', async () => {
      const place = await newPlace(endpoint);
      await fanOutAt(place);
      const { eventId } = await published(place);
      const { queue, dlq = '' } = subscriber(place, 'email');
      const messageId = await die(place, 'email');
      const time = new Date().toISOString();
      const reason = 'no mail server';
      keepReason(stateDir, { queue, messageId, eventId, reason, receiveCount: 2, time });

      const [dead] = await trace(place, eventId);
      const branch = dead?.branches.find((each) => each.subscriber === 'email');
      expect(branch).toMatchObject({ state: 'dead', deadLetterQueue: dlq });
      expect(branch?.steps.map(({ what }) => what).slice(0, 5)).toEqual([
        'delivered',
        'received',
        'visible',
        'received',
        'failed',
      ]);
      expect(branch?.steps.find(({ what }) => what === 'failed')?.words).toBe(
        'failed: no mail server',
      );

      const SourceArn = `arn:aws:sqs:us-east-1:${place.identity.account}:${dlq}`;
      await place.aws.sqs.send(new StartMessageMoveTaskCommand({ SourceArn }));
      await expect
        .poll(async () => states(await trace(place, eventId)))
        .toMatchObject({ email: 'waiting' });
      const url = await urlOf(place, queue);
      const { ReceiptHandle } = await receive(place, url);
      await place.aws.sqs.send(new DeleteMessageCommand({ QueueUrl: url, ReceiptHandle }));
      expect(states(await trace(place, eventId))).toMatchObject({ email: 'handled' });
    });

    it('follows a dead letter that was sent back as a new message', async () => {
      const place = await newPlace(endpoint);
      await fanOutAt(place);
      const { eventId } = await published(place);
      const { queue, dlq = '' } = subscriber(place, 'email');
      await die(place, 'email');
      const letters = await urlOf(place, dlq);
      const { Body = '', ReceiptHandle } = await receive(place, letters);
      const url = await urlOf(place, queue);
      const { MessageId = '' } = await place.aws.sqs.send(
        new SendMessageCommand({ QueueUrl: url, MessageBody: Body }),
      );
      await place.aws.sqs.send(new DeleteMessageCommand({ QueueUrl: letters, ReceiptHandle }));
      expect(states(await trace(place, eventId))).toMatchObject({ email: 'waiting' });
      expect(states(await trace(place, MessageId))).toMatchObject({ email: 'waiting' });
    });

    it('tells every message of an event that was published twice, and none of one that nobody knows', async () => {
      const place = await newPlace(endpoint);
      await fanOutAt(place);
      const first = await published(place);
      const again = await published(place, { event_id: first.eventId });
      const found = await trace(place, first.eventId);
      expect(found.map(({ messageId }) => messageId)).toEqual([first.messageId, again.messageId]);
      const nothing = await readTrace({ place, id: 'nobody', stateDir, signal });
      expect(nothing.messages).toEqual([]);
      expect(nothing.knownFrom).toBeTypeOf('number');
    });

    it('looks for what it does not know at dead letters where they lie, and says what it knows', async () => {
      const place = await newPlace(endpoint);
      await fanOutAt(place);
      await published(place);
      await die(place, 'email');
      const { dlq = '' } = subscriber(place, 'email');
      const lying = async () =>
        (await peekQueue(place.aws, `arn:aws:sqs:us-east-1:${place.identity.account}:${dlq}`))
          ?.messages;
      const before = await lying();
      expect(before).toHaveLength(1);
      const { remarks } = await readTrace({ place, id: 'nobody', stateDir, signal });
      expect(await lying()).toEqual(before);
      expect(remarks).toEqual([
        expect.stringMatching(/^The engine knows what happened since [\d-]+T[\d:.]+Z: it keeps/),
      ]);
    });
  });

  it.each([
    ['a number', { event_id: 7 }, {}, '7', 'order.created'],
    [
      'CloudEvents in binary mode',
      { order: 1 },
      { 'ce-specversion': '1.0', 'ce-id': 'c-1', 'ce-type': 't.c' },
      'c-1',
      't.c',
    ],
    [
      'a prefix of another kind',
      { order: 1 },
      { cloudEvents_specversion: '1.0', cloudEvents_id: 'c-2' },
      'c-2',
      null,
    ],
    ['no event that has an id', { id: 'row-3', event_type: 'x' }, {}, undefined, undefined],
  ] as const)('reads ids as listeners do: %s', async (_name, body, attributes, eventId, type) => {
    const place = await newPlace(endpoint, undefined, {
      subscribers: { email: { rawDelivery: true } },
    });
    await fanOutAt(place);
    const { aws, identity, topology } = place;
    await aws.sns.send(
      new PublishCommand({
        TopicArn: `arn:aws:sns:us-east-1:${identity.account}:${topology.topics[0]?.name}`,
        Message: JSON.stringify({
          ...(eventId === '7' ? { event_type: 'order.created' } : {}),
          ...body,
        }),
        MessageAttributes: Object.fromEntries(
          Object.entries(attributes).map(([name, value]) => [
            name,
            { DataType: 'String', StringValue: value },
          ]),
        ),
      }),
    );
    await die(place, 'email');
    const found = await lookInQueues({ place, id: eventId ?? 'row-3', stateDir, signal });
    const traced = isIndependent ? [] : await trace(place, eventId ?? 'row-3');
    const wanted = eventId === undefined ? [] : [{ eventId, eventType: type ?? undefined }];
    for (const messages of isIndependent ? [found.messages] : [found.messages, traced]) {
      const seen = new Map(messages.map((each) => [each.eventId, each.eventType]));
      expect([...seen].map(([id, eventType]) => ({ eventId: id, eventType }))).toEqual(wanted);
    }
  });

  it('finds a dead letter and why it failed where nobody keeps a history', async () => {
    const place = await newPlace(endpoint);
    await fanOutAt(place);
    const { eventId, messageId: topicMessageId } = await published(place);
    const { queue, dlq } = subscriber(place, 'email');
    const messageId = await die(place, 'email');
    const time = new Date().toISOString();
    const reason = 'no mail server';
    keepReason(stateDir, { queue, messageId, eventId, reason, receiveCount: 3, time });
    for (const id of [eventId, topicMessageId, messageId]) {
      const { messages, remarks } = await lookInQueues({ place, id, stateDir, signal });
      const branch = messages[0]?.branches.find((each) => each.subscriber === 'email');
      expect(branch, id).toMatchObject({ state: 'dead', deadLetterQueue: dlq });
      expect(branch?.steps.map(({ words }) => words)).toContain(
        'failed at receive 3: no mail server',
      );
      expect(remarks.join(' ')).toContain('no history of single messages');
    }
  });
});
