import { createVerify } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  AddPermissionCommand,
  GetSMSAttributesCommand,
  GetSubscriptionAttributesCommand,
  GetTopicAttributesCommand,
  ListSubscriptionsByTopicCommand,
  ListTagsForResourceCommand,
  PublishCommand,
  SetSMSAttributesCommand,
  TagResourceCommand,
  UntagResourceCommand,
} from '@aws-sdk/client-sns';
import { DeleteMessageCommand, DeleteQueueCommand } from '@aws-sdk/client-sqs';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { TABLES } from '../../../../src/lib/engine/services/sqs/records.ts';
import { OTHER_ACCOUNT, type SnsEngine, startSns } from '../../../fixtures/sns-engine.ts';

let stateDir: string;
beforeEach(async () => {
  stateDir = await mkdtemp(join(tmpdir(), 'pubsub-sns-'));
});
afterEach(() => rm(stateDir, { recursive: true }));

async function across(
  before: (engine: SnsEngine) => Promise<void>,
  after: (engine: SnsEngine) => Promise<void>,
) {
  for (const part of [before, after]) {
    const engine = await startSns({ stateDir });
    try {
      await part(engine);
    } finally {
      await engine.stop();
    }
  }
}

const everything = async (engine: SnsEngine, TopicArn: string, SubscriptionArn: string) => {
  const { sns } = engine;
  return [
    (await sns.send(new GetTopicAttributesCommand({ TopicArn }))).Attributes,
    (await sns.send(new ListTagsForResourceCommand({ ResourceArn: TopicArn }))).Tags,
    (await sns.send(new ListSubscriptionsByTopicCommand({ TopicArn }))).Subscriptions,
    (await sns.send(new GetSubscriptionAttributesCommand({ SubscriptionArn }))).Attributes,
  ];
};

test('topics and subscriptions come back as they were', async () => {
  let topic = '';
  let subscription = '';
  let seen: unknown;
  await across(
    async (engine) => {
      topic = await engine.topic('kept', { DisplayName: 'Kept', SignatureVersion: '2' });
      const queue = await engine.queue('kept');
      subscription = await engine.subscribe(topic, queue.arn, {
        FilterPolicy: '{"kind":["a"]}',
        RawMessageDelivery: 'true',
      });
      const Tags = [{ Key: 'k', Value: 'v' }];
      await engine.sns.send(new TagResourceCommand({ ResourceArn: topic, Tags }));
      await engine.sns.send(
        new AddPermissionCommand({
          TopicArn: topic,
          Label: 'l',
          AWSAccountId: [OTHER_ACCOUNT],
          ActionName: ['Publish'],
        }),
      );
      seen = await everything(engine, topic, subscription);
    },
    async (engine) => {
      expect(await everything(engine, topic, subscription)).toEqual(seen);
      const queue = await engine.queue('kept');
      for (const StringValue of ['a', 'b']) {
        const MessageAttributes = { kind: { DataType: 'String', StringValue } };
        const input = { TopicArn: topic, Message: StringValue, MessageAttributes };
        await engine.sns.send(new PublishCommand(input));
      }
      expect((await engine.receive(queue.url)).map(({ Body }) => Body)).toEqual(['a']);
    },
  );
});

test('a tag that was removed stays away, and SMS settings stay', async () => {
  let ResourceArn = '';
  await across(
    async ({ sns, topic }) => {
      ResourceArn = await topic('untagged');
      const Tags = ['kept', 'gone'].map((Key) => ({ Key, Value: 'v' }));
      await sns.send(new TagResourceCommand({ ResourceArn, Tags }));
      await sns.send(new UntagResourceCommand({ ResourceArn, TagKeys: ['gone'] }));
      const attributes = { DefaultSMSType: 'Transactional' };
      await sns.send(new SetSMSAttributesCommand({ attributes }));
    },
    async ({ sns }) => {
      const { Tags } = await sns.send(new ListTagsForResourceCommand({ ResourceArn }));
      expect(Tags).toEqual([{ Key: 'kept', Value: 'v' }]);
      const { attributes } = await sns.send(new GetSMSAttributesCommand({}));
      expect(attributes).toMatchObject({ DefaultSMSType: 'Transactional' });
    },
  );
});

test('a signature verifies after a restart, wherever it was made', async () => {
  let topic = '';
  await across(
    async (engine) => {
      topic = await engine.topic('signed');
      const seen = await engine.queue('seen');
      await engine.subscribe(topic, seen.arn);
      await engine.subscribe(topic, (await engine.queue('unseen')).arn);
      await engine.sns.send(new PublishCommand({ TopicArn: topic, Message: 'm' }));
      expect(await engine.receive(seen.url)).toHaveLength(1);
    },
    async (engine) => {
      const unseen = await engine.queue('unseen');
      const [message] = await engine.receive(unseen.url);
      const envelope = JSON.parse(message?.Body ?? '');
      const { pathname } = new URL(envelope.SigningCertURL);
      const certificate = await (await fetch(engine.running.endpoint + pathname)).text();
      const verifier = createVerify('RSA-SHA1');
      for (const name of ['Message', 'MessageId', 'Timestamp', 'TopicArn', 'Type']) {
        verifier.update(`${name}\n${envelope[name]}\n`);
      }
      expect(verifier.verify(certificate, envelope.Signature, 'base64')).toBe(true);
    },
  );
});

test('a FIFO topic goes on counting, and remembers what it took', async () => {
  const TopicArn = 'arn:aws:sns:us-east-1:111111111111:count.fifo';
  const publish = (engine: SnsEngine, MessageDeduplicationId: string) => {
    const input = { TopicArn, Message: 'm', MessageGroupId: 'g', MessageDeduplicationId };
    return engine.sns.send(new PublishCommand(input));
  };
  let first = '';
  let number = '';
  await across(
    async (engine) => {
      await engine.topic('count.fifo');
      const answer = await publish(engine, 'one');
      first = answer.MessageId ?? '';
      number = answer.SequenceNumber ?? '';
    },
    async (engine) => {
      expect((await publish(engine, 'one')).MessageId).toBe(first);
      const next = await publish(engine, 'two');
      expect(BigInt(next.SequenceNumber ?? '0')).toBeGreaterThan(BigInt(number));
    },
  );
});

const keptBodies = ({ running }: SnsEngine) =>
  [...running.engine.journal.entries(TABLES.bodies)].length;

test('what the queues of a topic have in common is kept once, for as long as one of them needs it', async () => {
  const urls: string[] = [];
  const take = async (engine: SnsEngine, url: string) => {
    const [message] = await engine.receive(url);
    await engine.sqs.send(
      new DeleteMessageCommand({ QueueUrl: url, ReceiptHandle: message?.ReceiptHandle }),
    );
    return message?.Body ?? '';
  };
  await across(
    async (engine) => {
      const TopicArn = await engine.topic('shared');
      for (const [index, raw] of ['false', 'false', 'true'].entries()) {
        const { url, arn } = await engine.queue(`shared-${index}`);
        await engine.subscribe(TopicArn, arn, { RawMessageDelivery: raw });
        urls.push(url);
      }
      await engine.sns.send(new PublishCommand({ TopicArn, Message: 'once' }));
      expect(keptBodies(engine)).toBe(2);
      await engine.sqs.send(new DeleteQueueCommand({ QueueUrl: urls[0] }));
      expect(keptBodies(engine)).toBe(2);
    },
    async (engine) => {
      const [, enveloped = '', raw = ''] = urls;
      expect(JSON.parse(await take(engine, enveloped)).Message).toBe('once');
      expect(keptBodies(engine)).toBe(1);
      expect(await take(engine, raw)).toBe('once');
      expect(keptBodies(engine)).toBe(0);
    },
  );
});
