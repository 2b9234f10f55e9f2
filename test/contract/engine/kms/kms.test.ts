import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  CancelKeyDeletionCommand,
  CreateAliasCommand,
  CreateKeyCommand,
  type CreateKeyRequest,
  DeleteAliasCommand,
  DescribeKeyCommand,
  DisableKeyCommand,
  EnableKeyCommand,
  EncryptCommand,
  GetKeyPolicyCommand,
  KMSClient,
  ListAliasesCommand,
  ListKeysCommand,
  ListResourceTagsCommand,
  PutKeyPolicyCommand,
  ScheduleKeyDeletionCommand,
} from '@aws-sdk/client-kms';
import { PublishCommand } from '@aws-sdk/client-sns';
import {
  ReceiveMessageCommand,
  SendMessageCommand,
  SetQueueAttributesCommand,
} from '@aws-sdk/client-sqs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startEngine } from '../../../../src/engine.ts';
import { createAws } from '../../../../src/lib/aws/clients.ts';
import { describeKey, getKeyPolicy, putKeyPolicy } from '../../../../src/lib/aws/keys.ts';
import { resolveSettings } from '../../../../src/lib/config/settings.ts';
import {
  ACCOUNT,
  OTHER_ACCOUNT,
  REGION,
  type SnsEngine,
  startSns,
} from '../../../fixtures/sns-engine.ts';

let engine: SnsEngine;
let kms: KMSClient;

beforeAll(async () => {
  engine = await startSns();
  kms = client(ACCOUNT);
});
afterAll(() => engine.stop());

function client(account: string, endpoint = engine.running.endpoint, region = REGION): KMSClient {
  return new KMSClient({
    endpoint,
    region,
    credentials: { accessKeyId: account, secretAccessKey: 'test' },
    maxAttempts: 1,
  });
}

async function createKey(input: CreateKeyRequest = {}): Promise<{ id: string; arn: string }> {
  const { KeyMetadata } = await kms.send(new CreateKeyCommand(input));
  return { id: KeyMetadata?.KeyId ?? '', arn: KeyMetadata?.Arn ?? '' };
}

const OWNER = {
  Sid: 'owner',
  Effect: 'Allow',
  Principal: { AWS: `arn:aws:iam::${ACCOUNT}:root` },
  Action: 'kms:*',
  Resource: '*',
};

/** A key policy that lets SNS in, as the SQS Developer Guide gives it. */
function letSnsIn(
  condition?: Record<string, Record<string, string>>,
  actions: string | string[] = ['kms:GenerateDataKey*', 'kms:Decrypt'],
): string {
  const sns = {
    Sid: 'sns',
    Effect: 'Allow',
    Principal: { Service: 'sns.amazonaws.com' },
    Action: actions,
    Resource: '*',
    ...(condition === undefined ? {} : { Condition: condition }),
  };
  return JSON.stringify({ Version: '2012-10-17', Statement: [OWNER, sns] });
}

describe('keys', () => {
  test('are described by id and ARN, and belong to their account and region', async () => {
    const { KeyMetadata } = await kms.send(
      new CreateKeyCommand({
        Description: 'orders',
        Tags: [{ TagKey: 'team', TagValue: 'orders' }],
      }),
    );
    expect(KeyMetadata).toMatchObject({
      AWSAccountId: ACCOUNT,
      Arn: `arn:aws:kms:${REGION}:${ACCOUNT}:key/${KeyMetadata?.KeyId}`,
      Description: 'orders',
      Enabled: true,
      KeyState: 'Enabled',
      KeyManager: 'CUSTOMER',
      KeySpec: 'SYMMETRIC_DEFAULT',
      KeyUsage: 'ENCRYPT_DECRYPT',
      Origin: 'AWS_KMS',
      MultiRegion: false,
    });
    expect(KeyMetadata?.CreationDate?.getTime()).toBeGreaterThan(Date.now() - 60_000);

    const { KeyId = '', Arn = '' } = KeyMetadata ?? {};
    for (const name of [KeyId, Arn]) {
      const answer = await kms.send(new DescribeKeyCommand({ KeyId: name }));
      expect(answer.KeyMetadata).toEqual(KeyMetadata);
    }
    expect((await kms.send(new ListResourceTagsCommand({ KeyId }))).Tags).toEqual([
      { TagKey: 'team', TagValue: 'orders' },
    ]);
    for (const elsewhere of [
      client(OTHER_ACCOUNT),
      client(ACCOUNT, engine.running.endpoint, 'eu-west-1'),
    ]) {
      await expect(elsewhere.send(new DescribeKeyCommand({ KeyId }))).rejects.toMatchObject({
        name: 'NotFoundException',
        $metadata: { httpStatusCode: 400 },
      });
      expect((await elsewhere.send(new ListKeysCommand({}))).Keys).toEqual([]);
    }
    // Another account finds it by its ARN, but the policy doesn't let it in.
    await expect(
      client(OTHER_ACCOUNT).send(new DescribeKeyCommand({ KeyId: Arn })),
    ).rejects.toMatchObject({ name: 'AccessDeniedException' });
  });

  test('are listed page by page', async () => {
    const own = client('333333333333');
    const made = new Set<string | undefined>();
    for (let count = 0; count < 5; count += 1) {
      made.add((await own.send(new CreateKeyCommand({}))).KeyMetadata?.KeyId);
    }

    const found: (string | undefined)[] = [];
    let Marker: string | undefined;
    do {
      const page = await own.send(new ListKeysCommand({ Limit: 2, Marker }));
      expect(page.Keys?.length).toBeLessThanOrEqual(2);
      expect(page.Truncated).toBe(page.NextMarker !== undefined);
      found.push(...(page.Keys ?? []).map(({ KeyId }) => KeyId));
      Marker = page.NextMarker;
    } while (Marker !== undefined);

    expect(found).toHaveLength(5);
    expect(new Set(found)).toEqual(made);
  });

  test('are enabled, disabled, and deleted after a waiting period', async () => {
    const { id, arn } = await createKey();
    const state = async () =>
      (await kms.send(new DescribeKeyCommand({ KeyId: id }))).KeyMetadata?.KeyState;

    await kms.send(new DisableKeyCommand({ KeyId: id }));
    expect(await state()).toBe('Disabled');
    await kms.send(new EnableKeyCommand({ KeyId: id }));
    expect(await state()).toBe('Enabled');
    await expect(kms.send(new CancelKeyDeletionCommand({ KeyId: id }))).rejects.toMatchObject({
      name: 'KMSInvalidStateException',
    });
    await expect(
      kms.send(new ScheduleKeyDeletionCommand({ KeyId: id, PendingWindowInDays: 6 })),
    ).rejects.toMatchObject({ name: 'ValidationException' });

    const scheduled = await kms.send(
      new ScheduleKeyDeletionCommand({ KeyId: id, PendingWindowInDays: 7 }),
    );
    expect(scheduled).toMatchObject({
      KeyId: arn,
      KeyState: 'PendingDeletion',
      PendingWindowInDays: 7,
    });
    expect(scheduled.DeletionDate?.getTime()).toBeGreaterThan(Date.now() + 6.9 * 86_400_000);
    expect(await state()).toBe('PendingDeletion');
    for (const refused of [
      new EnableKeyCommand({ KeyId: id }),
      new DisableKeyCommand({ KeyId: id }),
    ]) {
      await expect(kms.send(refused)).rejects.toMatchObject({ name: 'KMSInvalidStateException' });
    }
    await kms.send(new CancelKeyDeletionCommand({ KeyId: id }));
    expect(await state()).toBe('Disabled');
  });

  test('that do not exist are not found, and what the engine lacks says so', async () => {
    const KeyId = '00000000-0000-4000-8000-000000000000';
    await expect(kms.send(new DescribeKeyCommand({ KeyId }))).rejects.toMatchObject({
      name: 'NotFoundException',
      message: `Key 'arn:aws:kms:${REGION}:${ACCOUNT}:key/${KeyId}' does not exist`,
    });
    await expect(
      kms.send(new DescribeKeyCommand({ KeyId: 'arn:aws:sqs:us-east-1:111111111111:q' })),
    ).rejects.toMatchObject({ name: 'InvalidArnException' });
    await expect(kms.send(new DescribeKeyCommand({ KeyId: undefined }))).rejects.toMatchObject({
      name: 'ValidationException',
    });
    await expect(
      kms.send(new EncryptCommand({ KeyId, Plaintext: new Uint8Array(1) })),
    ).rejects.toMatchObject({ name: 'UnsupportedOperationException' });
  });
});

describe('aliases', () => {
  test('name a key wherever AWS takes them', async () => {
    const { id } = await createKey();
    await kms.send(new CreateAliasCommand({ AliasName: 'alias/orders', TargetKeyId: id }));

    const arn = `arn:aws:kms:${REGION}:${ACCOUNT}:alias/orders`;
    for (const KeyId of ['alias/orders', arn]) {
      const { KeyMetadata } = await kms.send(new DescribeKeyCommand({ KeyId }));
      expect(KeyMetadata?.KeyId).toBe(id);
      await expect(kms.send(new GetKeyPolicyCommand({ KeyId }))).rejects.toThrow(/arn|keyId/i);
    }
    const { Aliases } = await kms.send(new ListAliasesCommand({ KeyId: id }));
    expect(Aliases).toMatchObject([{ AliasName: 'alias/orders', AliasArn: arn, TargetKeyId: id }]);
    await expect(
      kms.send(new CreateAliasCommand({ AliasName: 'alias/orders', TargetKeyId: id })),
    ).rejects.toMatchObject({ name: 'AlreadyExistsException' });
    await expect(
      kms.send(new CreateAliasCommand({ AliasName: 'alias/aws/own', TargetKeyId: id })),
    ).rejects.toMatchObject({ name: 'InvalidAliasNameException' });
    await kms.send(new DeleteAliasCommand({ AliasName: 'alias/orders' }));
    await expect(kms.send(new DescribeKeyCommand({ KeyId: 'alias/orders' }))).rejects.toMatchObject(
      { name: 'NotFoundException', message: `Alias ${arn} is not found.` },
    );
  });

  test('of AWS lead to keys that nobody can change', async () => {
    const { Aliases: before = [] } = await kms.send(new ListAliasesCommand({}));
    expect(before.find(({ AliasName }) => AliasName === 'alias/aws/sns')).toEqual({
      AliasName: 'alias/aws/sns',
      AliasArn: `arn:aws:kms:${REGION}:${ACCOUNT}:alias/aws/sns`,
    });

    const { KeyMetadata } = await kms.send(new DescribeKeyCommand({ KeyId: 'alias/aws/sns' }));
    expect(KeyMetadata).toMatchObject({ KeyManager: 'AWS', KeyState: 'Enabled' });

    const KeyId = KeyMetadata?.KeyId ?? '';
    const { Aliases: after = [] } = await kms.send(new ListAliasesCommand({ KeyId }));
    expect(after).toMatchObject([{ AliasName: 'alias/aws/sns', TargetKeyId: KeyId }]);
    const { Policy } = await kms.send(new GetKeyPolicyCommand({ KeyId }));
    expect(Policy).toContain('kms:ViaService');
    for (const change of [
      new PutKeyPolicyCommand({ KeyId, Policy: letSnsIn() }),
      new DisableKeyCommand({ KeyId }),
      new ScheduleKeyDeletionCommand({ KeyId }),
    ]) {
      await expect(
        (kms as { send(command: unknown): Promise<unknown> }).send(change),
      ).rejects.toMatchObject({ name: 'AccessDeniedException' });
    }
  });
});

describe('key policies', () => {
  test('let the account do everything by default, and nobody else anything', async () => {
    const { id } = await createKey();

    const { Policy = '', PolicyName } = await kms.send(new GetKeyPolicyCommand({ KeyId: id }));

    expect(PolicyName).toBe('default');
    expect(JSON.parse(Policy).Statement).toEqual([
      {
        Sid: 'Enable IAM User Permissions',
        Effect: 'Allow',
        Principal: { AWS: `arn:aws:iam::${ACCOUNT}:root` },
        Action: 'kms:*',
        Resource: '*',
      },
    ]);
  });

  test('are replaced, and hold for their owner too', async () => {
    const { id } = await createKey();
    const put = (Policy: string, BypassPolicyLockoutSafetyCheck = false) =>
      kms.send(new PutKeyPolicyCommand({ KeyId: id, Policy, BypassPolicyLockoutSafetyCheck }));
    const readOnly = JSON.stringify({ Statement: { ...OWNER, Action: 'kms:GetKeyPolicy' } });

    await put(letSnsIn());
    expect((await kms.send(new GetKeyPolicyCommand({ KeyId: id }))).Policy).toBe(letSnsIn());
    await expect(put('{"Statement":')).rejects.toMatchObject({
      name: 'MalformedPolicyDocumentException',
    });
    await expect(put(readOnly)).rejects.toMatchObject({
      name: 'MalformedPolicyDocumentException',
    });
    await put(readOnly, true);
    expect((await kms.send(new GetKeyPolicyCommand({ KeyId: id }))).Policy).toBe(readOnly);
    await expect(put(letSnsIn(), true)).rejects.toMatchObject({ name: 'AccessDeniedException' });
    await expect(kms.send(new DescribeKeyCommand({ KeyId: id }))).rejects.toMatchObject({
      name: 'AccessDeniedException',
    });
  });
});

describe('delivery to an encrypted queue', () => {
  let count = 0;

  /** Publishes to a queue with that key; the code of the refusal, where it went to the subscription's dead-letter queue. */
  async function delivered(KmsMasterKeyId: string): Promise<string | undefined> {
    count += 1;
    const topic = await engine.topic(`encrypted-${count}`);
    const queue = await engine.queue(`encrypted-${count}`);
    const dead = await engine.queue(`encrypted-${count}-dead`);
    await engine.sqs.send(
      new SetQueueAttributesCommand({ QueueUrl: queue.url, Attributes: { KmsMasterKeyId } }),
    );
    await engine.subscribe(topic, queue.arn, {
      RedrivePolicy: JSON.stringify({ deadLetterTargetArn: dead.arn }),
    });
    const stop = new AbortController();
    const trace = engine.running.engine.trace.subscribe({ signal: stop.signal });
    await engine.sns.send(new PublishCommand({ TopicArn: topic, Message: 'm' }));
    stop.abort();
    let errorCode: string | undefined;
    for await (const event of trace) if (event.kind === 'refused') errorCode = event.errorCode;
    const [arrived, refused] = [await engine.receive(queue.url), await engine.receive(dead.url)];
    expect([arrived.length, refused.length]).toEqual(errorCode === undefined ? [1, 0] : [0, 1]);
    return errorCode;
  }

  test('comes through when the policy of the key lets SNS use it, by any of its names', async () => {
    const { id, arn } = await createKey({ Policy: letSnsIn() });
    await kms.send(new CreateAliasCommand({ AliasName: 'alias/open', TargetKeyId: id }));

    for (const name of [id, arn, 'alias/open', `arn:aws:kms:${REGION}:${ACCOUNT}:alias/open`]) {
      expect(await delivered(name), name).toBeUndefined();
    }
  });

  test.each([
    ['the default policy', undefined],
    ['Decrypt only', letSnsIn(undefined, 'kms:Decrypt')],
    ['GenerateDataKey only', letSnsIn(undefined, 'kms:GenerateDataKey')],
    [
      'another topic',
      letSnsIn({ ArnLike: { 'aws:SourceArn': `arn:aws:sns:${REGION}:${ACCOUNT}:other` } }),
    ],
    ['another account', letSnsIn({ StringEquals: { 'aws:SourceAccount': OTHER_ACCOUNT } })],
  ])('is refused under %s', async (_name, Policy) => {
    const { id } = await createKey(Policy === undefined ? {} : { Policy });

    expect(await delivered(id)).toBe('KMS.AccessDeniedException');
  });

  test('heeds conditions on the topic that sends', async () => {
    const { id } = await createKey({
      Policy: letSnsIn({
        ArnLike: { 'aws:SourceArn': `arn:aws:sns:*:*:encrypted-*` },
        StringEquals: { 'aws:SourceAccount': ACCOUNT },
      }),
    });

    expect(await delivered(id)).toBeUndefined();
  });

  test('is refused while the key is disabled, about to be deleted, missing, or AWS’s own', async () => {
    const { id } = await createKey({ Policy: letSnsIn() });

    await kms.send(new DisableKeyCommand({ KeyId: id }));
    expect(await delivered(id)).toBe('KMS.DisabledException');
    await kms.send(new ScheduleKeyDeletionCommand({ KeyId: id }));
    expect(await delivered(id)).toBe('KMS.InvalidStateException');
    await kms.send(new CancelKeyDeletionCommand({ KeyId: id }));
    await kms.send(new EnableKeyCommand({ KeyId: id }));
    expect(await delivered(id)).toBeUndefined();
    expect(await delivered('alias/nothing')).toBe('KMS.NotFoundException');
    expect(await delivered('alias/aws/sqs')).toBe('KMS.AccessDeniedException');
  });
});

describe('senders and receivers of an encrypted queue or topic', () => {
  test('need the key as well', async () => {
    const { id } = await createKey();
    const { url } = await engine.queue('locked');
    const topic = await engine.topic('locked', { KmsMasterKeyId: id });
    const send = () => engine.sqs.send(new SendMessageCommand({ QueueUrl: url, MessageBody: 'm' }));
    const receive = () =>
      engine.sqs.send(new ReceiveMessageCommand({ QueueUrl: url, VisibilityTimeout: 0 }));
    const publish = () => engine.sns.send(new PublishCommand({ TopicArn: topic, Message: 'm' }));
    const outcomes = async () => {
      const found: string[] = [];
      for (const call of [send, receive, publish]) {
        found.push(
          await call().then(
            () => 'ok',
            ({ name }: Error) => name,
          ),
        );
      }
      return found;
    };

    await engine.sqs.send(
      new SetQueueAttributesCommand({ QueueUrl: url, Attributes: { KmsMasterKeyId: id } }),
    );
    expect(await outcomes()).toEqual(['ok', 'ok', 'ok']);
    await kms.send(new DisableKeyCommand({ KeyId: id }));
    expect(await outcomes()).toEqual(['KmsDisabled', 'KmsDisabled', 'KMSDisabledException']);
    await kms.send(new EnableKeyCommand({ KeyId: id }));
    const policy = JSON.stringify({
      Statement: [
        { ...OWNER, Action: ['kms:PutKeyPolicy', 'kms:ScheduleKeyDeletion', 'kms:Decrypt'] },
      ],
    });
    await kms.send(new PutKeyPolicyCommand({ KeyId: id, Policy: policy }));
    expect(await outcomes()).toEqual(['KmsAccessDenied', 'ok', 'KMSAccessDeniedException']);
    await kms.send(new ScheduleKeyDeletionCommand({ KeyId: id }));
    expect(await outcomes()).toEqual([
      'KmsInvalidState',
      'KmsInvalidState',
      'KMSInvalidStateException',
    ]);
  });

  test('of its own account may use the key that AWS manages', async () => {
    const { url } = await engine.queue('managed', {
      attributes: { KmsMasterKeyId: 'alias/aws/sqs' },
    });
    const topic = await engine.topic('managed', { KmsMasterKeyId: 'alias/aws/sns' });

    await engine.sqs.send(new SendMessageCommand({ QueueUrl: url, MessageBody: 'm' }));
    await engine.sns.send(new PublishCommand({ TopicArn: topic, Message: 'm' }));

    expect(await engine.receive(url)).toMatchObject([{ Body: 'm' }]);
    await expect(
      engine
        .clients(OTHER_ACCOUNT)
        .sqs.send(new SendMessageCommand({ QueueUrl: url, MessageBody: 'm' })),
    ).rejects.toThrow('not authorized');
  });
});

test('keys and aliases outlive the engine', async () => {
  const stateDir = mkdtempSync(join(tmpdir(), 'pubsub-kms-'));
  try {
    const first = await startEngine({ stateDir });
    const before = client(ACCOUNT, first.endpoint);
    const { KeyMetadata } = await before.send(
      new CreateKeyCommand({ Policy: letSnsIn(), Tags: [{ TagKey: 'a', TagValue: 'b' }] }),
    );
    const KeyId = KeyMetadata?.KeyId ?? '';
    await before.send(new CreateAliasCommand({ AliasName: 'alias/kept', TargetKeyId: KeyId }));
    await before.send(new DisableKeyCommand({ KeyId }));
    await first.stop();

    const second = await startEngine({ stateDir });
    const after = client(ACCOUNT, second.endpoint);
    const again = await after.send(new DescribeKeyCommand({ KeyId: 'alias/kept' }));
    expect(again.KeyMetadata).toEqual({ ...KeyMetadata, Enabled: false, KeyState: 'Disabled' });
    expect((await after.send(new GetKeyPolicyCommand({ KeyId }))).Policy).toBe(letSnsIn());
    expect((await after.send(new ListResourceTagsCommand({ KeyId }))).Tags).toEqual([
      { TagKey: 'a', TagValue: 'b' },
    ]);
    await second.stop();
  } finally {
    rmSync(stateDir, { recursive: true, force: true });
  }
});

test('a key is read and changed through the functions that commands use', async () => {
  const settings = await resolveSettings(
    { endpointUrl: engine.running.endpoint, region: REGION },
    {},
    '/',
  );
  const aws = await createAws(settings);
  const made = await (await aws.kms()).send(new CreateKeyCommand({}));
  const { KeyId: id = '', Arn: arn = '' } = made.KeyMetadata ?? {};
  const policy = JSON.stringify({ Statement: { ...OWNER, Principal: '*' } });

  expect(await describeKey(aws, id)).toEqual({ id, arn, state: 'Enabled', manager: 'CUSTOMER' });
  expect(await describeKey(aws, 'alias/aws/sqs')).toMatchObject({ manager: 'AWS' });
  expect(await describeKey(aws, 'alias/nothing')).toBeUndefined();
  await putKeyPolicy(aws, id, policy);
  expect(await getKeyPolicy(aws, arn)).toBe(policy);
  expect(await getKeyPolicy(aws, arn.replace(/.$/, '?'))).toBeUndefined();
  const theirs = (await createKey()).arn;
  await expect(describeKey(aws, theirs)).rejects.toMatchObject({ code: 'AccessDenied' });
  aws.close();
});
