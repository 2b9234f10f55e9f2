import { createVerify } from 'node:crypto';
import { writeFileSync } from 'node:fs';
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
  PublishBatchCommand,
  PublishCommand,
  SetSMSAttributesCommand,
  TagResourceCommand,
  UntagResourceCommand,
} from '@aws-sdk/client-sns';
import {
  DeleteMessageCommand,
  DeleteQueueCommand,
  GetQueueAttributesCommand,
  type QueueAttributeName,
} from '@aws-sdk/client-sqs';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { journalFolder } from '../../../../src/lib/engine/journal/folder.ts';
import { openJournal } from '../../../../src/lib/engine/journal/open.ts';
import { emptyQueue } from '../../../../src/lib/engine/services/sqs/queue/empty.ts';
import { type SharedBodyRecord, TABLES } from '../../../../src/lib/engine/services/sqs/records.ts';
import { queueByArn } from '../../../../src/lib/engine/services/sqs/state.ts';
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

test('nothing is lost that comes after a reset in the middle of a purge', async () => {
  const COUNT = 1_500;
  const fill = async (engine: SnsEngine) => {
    const TopicArn = await engine.topic('filled');
    const queues = [await engine.queue('purged'), await engine.queue('other')];
    for (const { arn } of queues) await engine.subscribe(TopicArn, arn);
    for (let sent = 0; sent < COUNT; sent += 10) {
      const PublishBatchRequestEntries = Array.from({ length: 10 }, (_, index) => ({
        Id: `${index}`,
        Message: `${sent + index}`,
      }));
      await engine.sns.send(new PublishBatchCommand({ TopicArn, PublishBatchRequestEntries }));
    }
  };
  await across(
    async (engine) => {
      await fill(engine);
      const inside = engine.running.engine;
      const purged = queueByArn(inside.sqs, (await engine.queue('purged')).arn);
      // What isn't forgotten at once goes in the background: not any more when the reset is over.
      if (purged !== undefined) emptyQueue(inside.sqs, purged, 'purge', Date.now());
      await inside.reset();
      await fill(engine);
    },
    async (engine) => {
      for (const name of ['purged', 'other']) {
        const { url: QueueUrl } = await engine.queue(name);
        const AttributeNames: QueueAttributeName[] = ['ApproximateNumberOfMessages'];
        const { Attributes } = await engine.sqs.send(
          new GetQueueAttributesCommand({ QueueUrl, AttributeNames }),
        );
        expect([name, Attributes]).toEqual([name, { ApproximateNumberOfMessages: `${COUNT}` }]);
      }
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

const keptIn = ({ running }: SnsEngine, table: string) =>
  [...running.engine.journal.entries(table)].length;

const bodiesIn = async (engine: SnsEngine, url: string) =>
  (await engine.receive(url)).map(({ Body = '' }) => JSON.parse(Body).Message).sort();

/** Publishes two messages to that many queues of a topic, takes the first out of one and sees it in another. */
async function publishTwo(engine: SnsEngine, queues: number): Promise<string[]> {
  const TopicArn = await engine.topic('joined');
  const urls: string[] = [];
  for (let index = 0; index < queues; index += 1) {
    const { url, arn } = await engine.queue(`joined-${index}`);
    await engine.subscribe(TopicArn, arn);
    urls.push(url);
  }
  await engine.sns.send(new PublishCommand({ TopicArn, Message: '1' }));
  const [first = '', second = ''] = urls;
  const [message] = await engine.receive(first);
  const ReceiptHandle = message?.ReceiptHandle;
  await engine.sqs.send(new DeleteMessageCommand({ QueueUrl: first, ReceiptHandle }));
  expect(await bodiesIn(engine, second)).toEqual(['1']);
  await engine.sns.send(new PublishCommand({ TopicArn, Message: '2' }));
  return urls;
}

test('what a message became in each queue lies in one record, and what went of it stays away', async () => {
  let urls: string[] = [];
  const finds = async (engine: SnsEngine) => {
    const [first = '', second = '', ...others] = urls;
    expect(await bodiesIn(engine, first)).toEqual(['2']);
    // In flight.
    expect(await bodiesIn(engine, second)).toEqual(['2']);
    for (const url of others) expect(await bodiesIn(engine, url)).toEqual(['1', '2']);
  };
  await across(async (engine) => {
    urls = await publishTwo(engine, 17);
    // Fifteen of seventeen have room in it.
    expect(keptIn(engine, TABLES.bodies)).toBe(2);
    expect(keptIn(engine, TABLES.messages)).toBe(4);
    expect(keptIn(engine, TABLES.joinedGone)).toBe(1);
  }, finds);
  await across(
    async (engine) => {
      for (const QueueUrl of urls) await engine.sqs.send(new DeleteQueueCommand({ QueueUrl }));
    },
    async (engine) => {
      for (const table of [TABLES.bodies, TABLES.messages, TABLES.joinedGone, TABLES.deliveries])
        expect([table, keptIn(engine, table)]).toEqual([table, 0]);
    },
  );
});

test('the records of an engine that wrote each message by itself are read', async () => {
  let urls: string[] = [];
  await across(
    async (engine) => {
      urls = await publishTwo(engine, 3);
    },
    async () => undefined,
  );
  await separate(stateDir);
  await across(
    async (engine) => {
      const [first = '', second = '', third = ''] = urls;
      expect(await bodiesIn(engine, first)).toEqual(['2']);
      expect(await bodiesIn(engine, second)).toEqual(['2']);
      expect(await bodiesIn(engine, third)).toEqual(['1', '2']);
    },
    async (engine) => {
      const TopicArn = await engine.topic('joined');
      await engine.sns.send(new PublishCommand({ TopicArn, Message: '3' }));
      for (const url of urls) expect(await bodiesIn(engine, url)).toEqual(['3']);
    },
  );
});

/** Makes of a state folder what format 3 had: each message by itself beside the body that it shares. */
async function separate(folder: string): Promise<void> {
  const journal = await openJournal(folder);
  const gone = new Map(
    [...journal.entries(TABLES.joinedGone)].map((each) => [each.key, each.value]),
  );
  for (const { key, value } of [...journal.entries(TABLES.bodies)]) {
    const [before, after, joined = []] = value as SharedBodyRecord;
    for (const [at, [queueId, seq, id, own, ...rest]] of joined.entries()) {
      if ((Number(gone.get(key) ?? 0) & (1 << at)) !== 0) continue;
      const number = Number(key) + 1 + at;
      journal.put(TABLES.messages, number, [queueId, seq, id, [key, own], ...rest, 0, 0]);
    }
    journal.put(TABLES.bodies, key, [before, after]);
    journal.remove(TABLES.joinedGone, key);
  }
  await journal.close();
  writeFileSync(join(journalFolder(folder), 'format.json'), '{"format":3}');
}
