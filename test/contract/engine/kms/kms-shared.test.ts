import { randomUUID } from 'node:crypto';
import {
  CancelKeyDeletionCommand,
  CreateAliasCommand,
  CreateKeyCommand,
  DeleteAliasCommand,
  DescribeKeyCommand,
  DisableKeyCommand,
  EnableKeyCommand,
  type KMSClient,
  ListAliasesCommand,
  ListResourceTagsCommand,
  paginateListAliases,
  paginateListKeys,
  ScheduleKeyDeletionCommand,
} from '@aws-sdk/client-kms';
import { beforeAll, describe, expect, test } from 'vitest';
import { describeKey, getKeyPolicy, putKeyPolicy } from '../../../../src/lib/aws/keys.ts';
import { isIndependent, uniquePrefix, useEndpoint } from '../../../fixtures/endpoint.ts';

const endpoint = useEndpoint();
let kms: KMSClient;

beforeAll(async () => {
  kms = await endpoint.aws.kms();
});

async function createKey(): Promise<{ id: string; arn: string; account: string }> {
  const { KeyMetadata } = await kms.send(
    new CreateKeyCommand({
      Description: 'shared',
      Tags: [{ TagKey: 'team', TagValue: 'orders' }],
    }),
  );
  const { KeyId: id = '', Arn: arn = '', AWSAccountId: account = '' } = KeyMetadata ?? {};
  return { id, arn, account };
}

describe('a key', () => {
  test('is described, listed and tagged', async () => {
    const { id, arn, account } = await createKey();

    const { KeyMetadata } = await kms.send(new DescribeKeyCommand({ KeyId: arn }));

    expect(arn).toBe(`arn:aws:kms:us-east-1:${account}:key/${id}`);
    expect(KeyMetadata).toMatchObject({
      AWSAccountId: account,
      KeyId: id,
      Arn: arn,
      CreationDate: expect.any(Date),
      Description: 'shared',
      Enabled: true,
      KeyState: 'Enabled',
      KeySpec: 'SYMMETRIC_DEFAULT',
      CustomerMasterKeySpec: 'SYMMETRIC_DEFAULT',
      EncryptionAlgorithms: ['SYMMETRIC_DEFAULT'],
      Origin: 'AWS_KMS',
      KeyManager: 'CUSTOMER',
    });
    const listed: (string | undefined)[] = [];
    for await (const page of paginateListKeys({ client: kms, pageSize: 1 }, {})) {
      listed.push(...(page.Keys ?? []).map(({ KeyArn }) => KeyArn));
    }
    expect(listed).toContain(arn);
    const { Tags } = await kms.send(new ListResourceTagsCommand({ KeyId: id }));
    expect(Tags).toEqual([{ TagKey: 'team', TagValue: 'orders' }]);
  });

  test('goes through its states', async () => {
    const { id: KeyId } = await createKey();
    const state = async () =>
      (await kms.send(new DescribeKeyCommand({ KeyId }))).KeyMetadata?.KeyState;

    await kms.send(new DisableKeyCommand({ KeyId }));
    expect(await state()).toBe('Disabled');
    await kms.send(new EnableKeyCommand({ KeyId }));
    expect(await state()).toBe('Enabled');
    const { DeletionDate } = await kms.send(
      new ScheduleKeyDeletionCommand({ KeyId, PendingWindowInDays: 7 }),
    );
    expect(DeletionDate?.getTime()).toBeGreaterThan(Date.now() + 6 * 86_400_000);
    expect(await state()).toBe('PendingDeletion');
    await kms.send(new CancelKeyDeletionCommand({ KeyId }));
    expect(await state()).toBe('Disabled');
  });

  test('has a policy that can be replaced', async () => {
    const { id, account } = await createKey();
    const before = JSON.parse((await getKeyPolicy(endpoint.aws, id)) ?? '{}');
    expect(before.Statement).toEqual([
      expect.objectContaining({
        Effect: 'Allow',
        Principal: { AWS: `arn:aws:iam::${account}:root` },
        Action: 'kms:*',
        Resource: '*',
      }),
    ]);
    const after = {
      ...before,
      Statement: [
        ...before.Statement,
        {
          Sid: 'sns',
          Effect: 'Allow',
          Principal: { Service: 'sns.amazonaws.com' },
          Action: ['kms:GenerateDataKey*', 'kms:Decrypt'],
          Resource: '*',
        },
      ],
    };

    await putKeyPolicy(endpoint.aws, id, JSON.stringify(after));

    expect(JSON.parse((await getKeyPolicy(endpoint.aws, id)) ?? '')).toEqual(after);
  });

  test('that is not there is not found', async () => {
    expect(await describeKey(endpoint.aws, randomUUID())).toBeUndefined();
    expect(await getKeyPolicy(endpoint.aws, randomUUID())).toBeUndefined();
    expect(await describeKey(endpoint.aws, `alias/${uniquePrefix()}`)).toBeUndefined();
  });
});

describe('an alias', () => {
  test('leads to its key, by name and ARN, once', async () => {
    const { id, arn, account } = await createKey();
    const AliasName = `alias/${uniquePrefix()}`;
    const aliasArn = `arn:aws:kms:us-east-1:${account}:${AliasName}`;

    await kms.send(new CreateAliasCommand({ AliasName, TargetKeyId: id }));

    const key = { id, arn, state: 'Enabled', manager: 'CUSTOMER' };
    expect(await describeKey(endpoint.aws, AliasName)).toEqual(key);
    expect(await describeKey(endpoint.aws, aliasArn)).toEqual(key);
    await expect(
      kms.send(new CreateAliasCommand({ AliasName, TargetKeyId: id })),
    ).rejects.toMatchObject({ name: 'AlreadyExistsException' });
    const { Aliases } = await kms.send(new ListAliasesCommand({ KeyId: id }));
    expect(Aliases).toMatchObject([{ AliasName, AliasArn: aliasArn, TargetKeyId: id }]);
    const names: (string | undefined)[] = [];
    for await (const page of paginateListAliases({ client: kms }, {})) {
      names.push(...(page.Aliases ?? []).map((each) => each.AliasName));
    }
    expect(names).toContain(AliasName);
    await kms.send(new DeleteAliasCommand({ AliasName }));
    expect(await describeKey(endpoint.aws, AliasName)).toBeUndefined();
  });

  test.skipIf(isIndependent)('of AWS leads to a key that AWS manages', async () => {
    expect(await describeKey(endpoint.aws, 'alias/aws/sqs')).toMatchObject({
      state: 'Enabled',
      manager: 'AWS',
    });
  });
});
