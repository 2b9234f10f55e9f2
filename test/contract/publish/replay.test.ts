import {
  CreateQueueCommand,
  DeleteMessageCommand,
  ReceiveMessageCommand,
} from '@aws-sdk/client-sqs';
import { describe, expect, it } from 'vitest';
import type { HistoryMessage } from '../../../src/lib/aws/topic-history.ts';
import {
  isSelectedForReplay,
  replayToQueue,
  replayToTopic,
} from '../../../src/lib/publish/replay.ts';
import { parseSnsBody } from '../../../src/lib/rules/sns-envelope.ts';
import type { Place } from '../../../src/lib/topology/inspect.ts';
import { isIndependent, uniquePrefix, useEndpoint } from '../../fixtures/endpoint.ts';
import { runMain } from '../../fixtures/main.ts';
import { startProxy } from '../../fixtures/proxy.ts';
import { fanOutAt, newPlace, subscriber, urlOf } from '../../fixtures/topology.ts';

interface Replayed {
  readonly replayed: number;
  readonly skipped: number;
  readonly messages: readonly { readonly eventType: string }[];
}

describe('pubsub replay', () => {
  const endpoint = useEndpoint();
  const env = {
    HOME: '/nonexistent',
    XDG_STATE_HOME: '/nonexistent/state',
    XDG_CONFIG_HOME: '/nonexistent/config',
  };

  async function run(place: Place, ...args: readonly string[]) {
    const where = ['--endpoint-url', endpoint.url, '--region', 'us-east-1'];
    return runMain([...args, ...where, '--prefix', place.topology.prefix], env);
  }
  async function replay(place: Place, ...args: readonly string[]): Promise<Replayed> {
    const { stdout, stderr } = await run(place, 'replay', ...args, '--json');
    if (stdout === '') throw new Error(stderr);
    return JSON.parse(stdout) as Replayed;
  }
  /** Takes all that lies in a subscriber's queue. */
  async function drain(place: Place, name: string): Promise<readonly string[]> {
    const QueueUrl = await urlOf(place, subscriber(place, name).queue);
    const bodies: string[] = [];
    for (;;) {
      const { Messages = [] } = await place.aws.sqs.send(
        new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 10, WaitTimeSeconds: 0 }),
      );
      if (Messages.length === 0) return bodies;
      for (const { Body = '', ReceiptHandle } of Messages) {
        bodies.push(Body);
        await place.aws.sqs.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle }));
      }
    }
  }

  describe.skipIf(isIndependent)('on an engine', () => {
    it('sends one subscriber again what its filter lets through, as SNS delivered it', async () => {
      const place = await newPlace(endpoint, undefined, {
        subscribers: { email: { filterPolicy: '{"event_type":["order.created"]}' } },
      });
      await fanOutAt(place);
      await run(place, 'publish', 'order.created');
      await run(place, 'publish', 'order.updated');
      const [first = ''] = await drain(place, 'email');
      await drain(place, 'analytics');

      expect(await replay(place, 'email', '--since', '5m', '--dry-run')).toMatchObject({
        replayed: 0,
        skipped: 1,
      });
      expect(await drain(place, 'email')).toEqual([]);
      expect(await replay(place, 'email', '--since', '5m', '--yes')).toMatchObject({
        replayed: 1,
        skipped: 1,
      });
      const [again = ''] = await drain(place, 'email');
      const read = (body: string) => {
        const parsed = parseSnsBody(body);
        return parsed.kind === 'envelope' ? [parsed.message, parsed.attributes] : body;
      };
      expect(read(again)).toEqual(read(first));
      expect(await drain(place, 'analytics')).toEqual([]);
    });

    it('publishes to everybody again, by type and by field', async () => {
      const place = await newPlace(endpoint);
      await fanOutAt(place);
      await run(place, 'publish', 'order.created', '--total', '10');
      await run(place, 'publish', 'order.created', '--total', '200');
      await run(place, 'publish', 'order.updated', '--total', '300');
      await drain(place, 'email');
      const flags = ['--type', 'order.created', '--where', 'total>100'];
      const { replayed } = await replay(place, '--since', '5m', ...flags, '--yes');
      expect(replayed).toBe(1);
      expect(await drain(place, 'email')).toHaveLength(1);
    });

    it('asks first, and changes nothing where nobody can be asked', async () => {
      const place = await newPlace(endpoint);
      await fanOutAt(place);
      await run(place, 'publish', 'order.created');
      await drain(place, 'email');
      const { code } = await run(place, 'replay', '--since', '5m');
      expect(code).not.toBe(0);
      expect(await drain(place, 'email')).toEqual([]);
    });
  });

  it.each([true, false])('keeps groups, subject and attributes (raw: %s)', async (raw) => {
    const { sqs } = endpoint.aws;
    const Attributes = { FifoQueue: 'true' };
    const QueueName = `${uniquePrefix()}.fifo`;
    const { QueueUrl = '' } = await sqs.send(new CreateQueueCommand({ QueueName, Attributes }));
    const message: HistoryMessage = {
      ...{ messageId: 'm', time: new Date(0), body: 'b', subject: 'S', groupId: 'g' },
      attributes: { tier: { type: 'String', value: 'gold' } },
      ...{ deduplicationId: 'd', sequenceNumber: '1' },
    };
    const messages = [message, message, { ...message, subject: undefined, groupId: undefined }];
    const topicArn = 'arn:aws:sns:us-east-1:000000000000:t.fifo';
    const meant = messages.map((each) => isSelectedForReplay(each, { type: undefined, where: [] }));
    const queue = { url: QueueUrl, topicArn, raw };
    expect(
      await replayToQueue(
        endpoint.aws,
        queue,
        meant.filter((each) => each !== undefined),
      ),
    ).toEqual({
      ...{ sent: 3, failures: [] },
    });

    const { Messages = [] } = await sqs.send(
      new ReceiveMessageCommand({
        ...{ QueueUrl, MaxNumberOfMessages: 10, VisibilityTimeout: 0 },
        ...{ MessageSystemAttributeNames: ['MessageGroupId'], MessageAttributeNames: ['All'] },
      }),
    );
    const groups = Messages.map((each) => each.Attributes?.MessageGroupId);
    expect(groups.sort()).toEqual(['g', 'g', 'replay']);
    const last = Messages.find((each) => each.Attributes?.MessageGroupId === 'replay');
    const [first] = Messages.filter((each) => each !== last);
    if (raw) {
      expect(Messages.map(({ Body }) => Body)).toEqual(['b', 'b', 'b']);
      expect(first?.MessageAttributes?.tier).toMatchObject({ StringValue: 'gold' });
    } else {
      expect(first?.MessageAttributes).toBeUndefined();
      const envelope = {
        ...{ Type: 'Notification', MessageId: 'm', TopicArn: topicArn, Message: 'b' },
        Timestamp: '1970-01-01T00:00:00.000Z',
        MessageAttributes: { tier: { Type: 'String', Value: 'gold' } },
      };
      expect(JSON.parse(first?.Body ?? '')).toEqual({ ...envelope, Subject: 'S' });
      expect(JSON.parse(last?.Body ?? '')).toEqual(envelope);
    }
  });

  it('says once why entries were refused, whoever refuses them', async () => {
    const place = await newPlace(endpoint);
    const topicArn = await fanOutAt(place);
    const url = await urlOf(place, subscriber(place).queue);
    const message = { messageId: 'm', time: new Date(0), body: 'b', attributes: {} };
    const none = { subject: undefined, groupId: undefined };
    const unknown = { deduplicationId: undefined, sequenceNumber: undefined };
    const read = isSelectedForReplay(
      { ...message, ...none, ...unknown },
      { type: undefined, where: [] },
    );
    const messages = read === undefined ? [] : [read, read, read];
    const proxy = await startProxy(endpoint.url);
    const entries = ['0', '2'];
    proxy.rule = ({ action }) =>
      action === 'SendMessageBatch'
        ? {
            answer: () => {
              const Failed = entries.map((Id) => ({ Id, Code: 'Refused', Message: 'no' }));
              return JSON.stringify({ Successful: [{ Id: '1', MessageId: 'm' }], Failed });
            },
          }
        : {
            answer: () => {
              const member = (Id: string) =>
                `<member><Id>${Id}</Id><Code>Refused</Code><Message>no</Message><SenderFault>true</SenderFault></member>`;
              return `<PublishBatchResponse><PublishBatchResult><Failed>${entries.map(member).join('')}</Failed><Successful><member><Id>1</Id><MessageId>m</MessageId></member></Successful></PublishBatchResult></PublishBatchResponse>`;
            },
          };
    const queue = { url, topicArn, raw: true };
    const failures = [expect.stringContaining('no')];
    expect(await replayToQueue(proxy.aws, queue, messages)).toEqual({ sent: 1, failures });
    expect(await replayToTopic(proxy.aws, topicArn, messages)).toEqual({ sent: 1, failures });
    await proxy.close();
  });

  it('needs a time that it can read', async () => {
    const place = await newPlace(endpoint);
    for (const flags of [[], ['--since', 'yesterday'], ['--since', '2026-13-45']]) {
      expect((await run(place, 'replay', ...flags)).code, flags.join(' ')).toBe(2);
    }
  });

  it.runIf(isIndependent)('says that nobody keeps a history where nobody does', async () => {
    const place = await newPlace(endpoint);
    await fanOutAt(place);
    const { code, stderr } = await run(place, 'replay', '--since', '5m');
    expect(code).toBe(1);
    expect(stderr).toContain('is not kept: SNS has no history');
  });
});
