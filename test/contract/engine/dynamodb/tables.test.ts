import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  type AttributeValue,
  BatchGetItemCommand,
  BatchWriteItemCommand,
  CreateTableCommand,
  type CreateTableCommandInput,
  DeleteTableCommand,
  DescribeTableCommand,
  DescribeTimeToLiveCommand,
  DynamoDBClient,
  GetItemCommand,
  ListTablesCommand,
  ListTagsOfResourceCommand,
  PutItemCommand,
  QueryCommand,
  ScanCommand,
  TagResourceCommand,
  TransactWriteItemsCommand,
  UpdateTableCommand,
  UpdateTimeToLiveCommand,
} from '@aws-sdk/client-dynamodb';
import { AssumeRoleCommand, STSClient } from '@aws-sdk/client-sts';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import {
  type RunningEngine,
  type StartOptions,
  startEngine,
} from '../../../../src/lib/engine/http/server.ts';
import { createTableProcess } from '../../../../src/lib/engine/services/dynamodb/table-process.ts';
import { createTable } from '../../../fixtures/orders-table.ts';
import { useSmallDisk } from '../../../fixtures/small-disk.ts';

const ORDERS: CreateTableCommandInput = {
  TableName: 'Orders',
  AttributeDefinitions: [{ AttributeName: 'orderId', AttributeType: 'S' }],
  KeySchema: [{ AttributeName: 'orderId', KeyType: 'HASH' }],
  BillingMode: 'PAY_PER_REQUEST',
};
const KEYS = { accessKeyId: '111122223333', secretAccessKey: 'test' };

const cleanUps: (() => Promise<void> | void)[] = [];
afterEach(async () => {
  for (const each of cleanUps.splice(0).reverse()) await each();
});

async function engine(options: StartOptions = {}): Promise<RunningEngine> {
  const running = await startEngine(options);
  cleanUps.push(() => running.stop());
  return running;
}

/** One engine for tests that need none of their own: each starts without tables. */
let shared: RunningEngine;
beforeAll(async () => {
  shared = await startEngine();
});
afterEach(() => shared.engine.tables.reset());
afterAll(() => shared.stop());

function client({ endpoint }: RunningEngine, region = 'eu-west-1', credentials = KEYS) {
  const made = new DynamoDBClient({ endpoint, region, credentials, maxAttempts: 1 });
  cleanUps.push(() => made.destroy());
  return made;
}

function put(orderId: string) {
  return new PutItemCommand({ TableName: 'Orders', Item: { orderId: { S: orderId } } });
}

async function orderIds(tables: DynamoDBClient): Promise<(string | undefined)[]> {
  const { Items = [] } = await tables.send(new ScanCommand({ TableName: 'Orders' }));
  return Items.map(({ orderId }) => orderId?.S).sort();
}

/** Ends the library's process (a list with an attribute that isn't there is a defect of it). */
const DEADLY = new ScanCommand({ TableName: 'Orders', FilterExpression: 'orderId IN (weight)' });

describe('tables', () => {
  it('keep items, by name and by ARN, and are described with account and region', async () => {
    const tables = client(shared);
    const table = await createTable(tables, ORDERS);
    const arn = 'arn:aws:dynamodb:eu-west-1:111122223333:table/Orders';
    expect(table?.TableArn).toBe(arn);
    await tables.send(put('O1'));
    const Key = { orderId: { S: 'O1' } };
    const { Item } = await tables.send(new GetItemCommand({ TableName: arn, Key }));
    expect(Item).toEqual(Key);
  });

  it('are apart for each account and region', async () => {
    await createTable(client(shared), ORDERS);
    const elsewhere = client(shared, 'us-east-1');
    const others = client(shared, 'eu-west-1', { ...KEYS, accessKeyId: '444455556666' });
    for (const each of [elsewhere, others]) {
      expect((await each.send(new ListTablesCommand({}))).TableNames).toEqual([]);
    }
  });

  it('have the tags that they were created with', async () => {
    const tables = client(shared);
    const Tags = [{ Key: 'team', Value: 'money' }];
    const ResourceArn = (await createTable(tables, { ...ORDERS, Tags }))?.TableArn;
    const listed = await tables.send(new ListTagsOfResourceCommand({ ResourceArn }));
    expect(listed.Tags).toEqual(Tags);
    const reserved = { ResourceArn, Tags: [...Tags, { Key: 'aws:team', Value: 'money' }] };
    await expect(tables.send(new TagResourceCommand(reserved))).rejects.toMatchObject({
      name: 'ValidationException',
      message: expect.stringContaining("must not begin with 'aws:'"),
    });
    await tables.send(new TagResourceCommand({ ResourceArn, Tags }));
  });

  it('are protected against deletion until that is turned off', async () => {
    const tables = client(shared);
    const TableName = 'Orders';
    await createTable(tables, { ...ORDERS, DeletionProtectionEnabled: true });
    const isProtected = async () =>
      (await tables.send(new DescribeTableCommand({ TableName }))).Table?.DeletionProtectionEnabled;
    expect(await isProtected()).toBe(true);
    const ProvisionedThroughput = { ReadCapacityUnits: 2, WriteCapacityUnits: 2 };
    await tables.send(
      new UpdateTableCommand({ TableName, BillingMode: 'PROVISIONED', ProvisionedThroughput }),
    );
    expect(await isProtected()).toBe(true);
    await expect(tables.send(new DeleteTableCommand({ TableName }))).rejects.toMatchObject({
      name: 'ValidationException',
      message: expect.stringContaining('currently protected against deletion'),
    });
    await tables.send(new UpdateTableCommand({ TableName, DeletionProtectionEnabled: false }));
    await tables.send(new DeleteTableCommand({ TableName }));
  });

  it('keep their time-to-live setting', async () => {
    const tables = client(shared);
    await createTable(tables, ORDERS);
    const change = (Enabled: boolean) =>
      new UpdateTimeToLiveCommand({
        TableName: 'Orders',
        TimeToLiveSpecification: { Enabled, AttributeName: 'expires' },
      });
    await tables.send(change(true));
    const described = await tables.send(new DescribeTimeToLiveCommand({ TableName: 'Orders' }));
    expect(described.TimeToLiveDescription).toEqual({
      TimeToLiveStatus: 'ENABLED',
      AttributeName: 'expires',
    });
    await expect(tables.send(change(true))).rejects.toMatchObject({
      name: 'ValidationException',
      message: 'TimeToLive is already enabled',
    });
  });

  it.each([
    new TransactWriteItemsCommand({ TransactItems: [] }),
    new CreateTableCommand({
      ...ORDERS,
      StreamSpecification: { StreamEnabled: true, StreamViewType: 'KEYS_ONLY' },
    }),
  ])('refuse by name what is not there', async (command) => {
    const tables = client(shared);
    await expect(tables.send(command as CreateTableCommand)).rejects.toMatchObject({
      name: 'UnsupportedOperation',
      message: expect.stringMatching(/does not support DynamoDB (TransactWriteItems|streams)/),
    });
  });

  it('hold a caller to its session policy', async () => {
    await createTable(client(shared), ORDERS);
    const { endpoint } = shared;
    const sts = new STSClient({ endpoint, region: 'eu-west-1', credentials: KEYS });
    cleanUps.push(() => sts.destroy());
    const { Credentials } = await sts.send(
      new AssumeRoleCommand({
        RoleArn: 'arn:aws:iam::111122223333:role/OrderProcessor',
        RoleSessionName: 'test',
        Policy: JSON.stringify({
          Version: '2012-10-17',
          Statement: [{ Effect: 'Allow', Action: 'dynamodb:PutItem', Resource: '*' }],
        }),
      }),
    );
    const writer = client(shared, 'eu-west-1', {
      accessKeyId: Credentials?.AccessKeyId ?? '',
      secretAccessKey: Credentials?.SecretAccessKey ?? '',
    });
    await writer.send(put('O1'));
    await expect(writer.send(new ScanCommand({ TableName: 'Orders' }))).rejects.toMatchObject({
      name: 'AccessDeniedException',
      message: expect.stringContaining('table/Orders because no session policy allows'),
    });
  });
});

describe('a table that is named by its ARN', () => {
  const arnOf = (name: string, region = 'eu-west-1', account = KEYS.accessKeyId) =>
    `arn:aws:dynamodb:${region}:${account}:table/${name}`;
  const Item = { orderId: { S: 'O1' } };

  it('is the same in batches, whose answers name it so', async () => {
    const tables = client(shared);
    await createTable(tables, ORDERS);
    const arn = arnOf('Orders');
    await tables.send(
      new BatchWriteItemCommand({ RequestItems: { [arn]: [{ PutRequest: { Item } }] } }),
    );
    const { Responses } = await tables.send(
      new BatchGetItemCommand({ RequestItems: { [arn]: { Keys: [Item] } } }),
    );
    expect(Responses).toEqual({ [arn]: [Item] });
  });

  it('is not the table of that name in another account or region', async () => {
    const tables = client(shared);
    await createTable(tables, ORDERS);
    const get = (TableName: string) => tables.send(new GetItemCommand({ TableName, Key: Item }));
    await expect(get(arnOf('Orders', 'eu-west-1', '444455556666'))).rejects.toMatchObject({
      name: 'AccessDeniedException',
      message: expect.stringContaining('no resource-based policy allows the dynamodb:GetItem'),
    });
    await expect(get(arnOf('Orders', 'us-east-1'))).rejects.toMatchObject({
      name: 'ResourceNotFoundException',
    });
  });

  it('is permitted as by its name: tables, indexes, batches', async () => {
    const index = {
      IndexName: 'by-user',
      KeySchema: [{ AttributeName: 'userId', KeyType: 'HASH' as const }],
      Projection: { ProjectionType: 'ALL' as const },
    };
    const AttributeDefinitions = [
      { AttributeName: 'orderId', AttributeType: 'S' as const },
      { AttributeName: 'userId', AttributeType: 'S' as const },
    ];
    for (const TableName of ['Orders', 'Others']) {
      const input = { ...ORDERS, TableName, AttributeDefinitions, GlobalSecondaryIndexes: [index] };
      await createTable(client(shared), input);
    }
    const { endpoint } = shared;
    const sts = new STSClient({ endpoint, region: 'eu-west-1', credentials: KEYS });
    cleanUps.push(() => sts.destroy());
    const { Credentials } = await sts.send(
      new AssumeRoleCommand({
        RoleArn: 'arn:aws:iam::111122223333:role/reader',
        RoleSessionName: 'test',
        Policy: JSON.stringify({
          Version: '2012-10-17',
          Statement: [
            { Effect: 'Allow', Action: 'dynamodb:*Item', Resource: arnOf('Orders') },
            { Effect: 'Allow', Action: 'dynamodb:Query', Resource: arnOf('Orders/index/*') },
          ],
        }),
      }),
    );
    const reader = client(shared, 'eu-west-1', {
      accessKeyId: Credentials?.AccessKeyId ?? '',
      secretAccessKey: Credentials?.SecretAccessKey ?? '',
    });
    const query = (TableName: string, IndexName?: string) =>
      reader.send(
        new QueryCommand({
          TableName,
          IndexName,
          KeyConditionExpression: `${IndexName === undefined ? 'orderId' : 'userId'} = :v`,
          ExpressionAttributeValues: { ':v': { S: 'x' } },
        }),
      );
    const batch = (...names: string[]) => {
      const Keys = [Item];
      const RequestItems = Object.fromEntries(names.map((name) => [name, { Keys }]));
      return reader.send(new BatchGetItemCommand({ RequestItems }));
    };
    for (const form of [(name: string) => name, (name: string) => arnOf(name)]) {
      const get = (name: string) =>
        reader.send(new GetItemCommand({ TableName: form(name), Key: Item }));
      await get('Orders');
      await query(form('Orders'), 'by-user');
      await batch(form('Orders'));
      for (const call of [
        () => get('Others'),
        () => query(form('Orders')),
        () => query(form('Others'), 'by-user'),
        () => batch(form('Orders'), form('Others')),
      ]) {
        await expect(call()).rejects.toMatchObject({
          name: 'AccessDeniedException',
          message: expect.stringMatching(/on resource: arn:aws:dynamodb:eu-west-1:\d{12}:table\/O/),
        });
      }
    }
  });
});

const disk = useSmallDisk('24m');

it.skipIf(disk === undefined)(
  'tables on a disk that is full: calls say so, and none loses what was stored',
  async () => {
    const folder = disk ?? '';
    const stateDir = join(folder, 'state');
    const running = await engine({ stateDir });
    const tables = client(running);
    await createTable(tables, ORDERS);
    const available = execFileSync('df', ['-B1', '--output=avail', folder])
      .toString()
      .split('\n')[1];
    writeFileSync(join(folder, 'ballast'), Buffer.alloc(Number(available?.trim()) - 300_000));
    const stored: string[] = [];
    const refusals: unknown[] = [];
    for (let each = 0; each < 8; each += 1) {
      const orderId = `O${each}`;
      const note = { S: 'x'.repeat(100_000) };
      await tables
        .send(new PutItemCommand({ TableName: 'Orders', Item: { orderId: { S: orderId }, note } }))
        .then(
          () => stored.push(orderId),
          (error: unknown) => refusals.push(error),
        );
    }
    expect(stored).not.toEqual([]);
    expect(refusals).not.toEqual([]);
    const sentence = `The local engine can't write to ${stateDir}/tables: there is no space left on the disk.`;
    for (const error of refusals) {
      expect(error).toMatchObject({
        name: 'InternalServerError',
        message: `${sentence} The PutItem was not done; what was stored before is kept.`,
      });
    }
    const health = async () =>
      (await fetch(`${running.endpoint}/_pubsub/health`)).json() as Promise<object>;
    expect(await health()).toMatchObject({ status: 'degraded', problems: [{ message: sentence }] });
    rmSync(join(folder, 'ballast'));
    expect(await orderIds(tables)).toEqual(stored);
    expect(await health()).toMatchObject({ status: 'ok', problems: [] });
  },
);

describe('the process that keeps the tables', () => {
  it('is not started before a table is asked for', async () => {
    const running = await engine();
    expect(running.engine.tables.pid).toBeUndefined();
    await client(running).send(new ListTablesCommand({}));
    expect(running.engine.tables.pid).toBeGreaterThan(0);
  });

  it('take a null for an absent member, as AWS does, and go on', async () => {
    const tables = client(shared);
    await createTable(tables, ORDERS);
    const before = shared.engine.tables.pid;
    const call = async (action: string, input: object) => {
      const answer = await fetch(shared.endpoint, {
        method: 'POST',
        headers: {
          'X-Amz-Target': `DynamoDB_20120810.${action}`,
          'Content-Type': 'application/x-amz-json-1.0',
          'X-Amz-Date': '20260101T000000Z',
          Authorization: `AWS4-HMAC-SHA256 Credential=${KEYS.accessKeyId}/20260101/eu-west-1/dynamodb/aws4_request, SignedHeaders=host, Signature=0`,
        },
        body: JSON.stringify(input),
      });
      return { status: answer.status, answer: (await answer.json()) as { __type?: string } };
    };
    const table = { TableName: 'Orders' };
    const item = { orderId: { S: 'O1' }, tags: { L: [null, { S: 'a' }] } };
    expect(await call('PutItem', { ...table, Item: item, Expected: null })).toEqual({
      status: 200,
      answer: {},
    });
    for (const Item of [null, { orderId: null }, { ...item, tags: { L: [{ S: null }] } }]) {
      const { status, answer } = await call('PutItem', { ...table, Item });
      expect([status, answer.__type]).toEqual([
        400,
        expect.stringContaining('ValidationException'),
      ]);
    }
    const { Item } = await tables.send(
      new GetItemCommand({ ...table, Key: { orderId: { S: 'O1' } } }),
    );
    expect(Item?.tags).toEqual({ L: [{ S: 'a' }] });
    expect(shared.engine.tables.pid).toBe(before);
  });

  it('passes items of any size and script on, many at a time, and the checksum of each answer', async () => {
    const tables = client(shared);
    await createTable(tables, ORDERS);
    const notes = Array.from({ length: 24 }, (_, at) => 'é€🙂'.repeat(at % 3 === 0 ? 40_000 : at));
    const item = (note: string, at: number) => ({ orderId: { S: `Ö${at}` }, note: { S: note } });
    const put = (note: string, at: number) =>
      tables.send(new PutItemCommand({ TableName: 'Orders', Item: item(note, at) }));
    const get = ({ orderId }: ReturnType<typeof item>) =>
      tables.send(new GetItemCommand({ TableName: 'Orders', Key: { orderId } }));
    const checksums: unknown[] = [];
    tables.middlewareStack.add(
      (next) => async (args) => {
        const done = await next(args);
        const { headers } = done.response as { headers: Record<string, string> };
        checksums.push(headers['x-amz-crc32']);
        return done;
      },
      { step: 'deserialize', priority: 'low' },
    );
    await Promise.all(notes.map(put));
    // CRC-32 of `{}`, which each was answered with.
    expect(checksums).toEqual(notes.map(() => '2745614147'));
    const items = notes.map(item);
    const found = await Promise.all(items.map(get));
    expect(found.map(({ Item }) => Item)).toEqual(items);
  });

  it('is not ended by what nests deeper than an item may', async () => {
    const tables = client(shared);
    await createTable(tables, ORDERS);
    const before = shared.engine.tables.pid;
    const nested = (levels: number) => {
      let value: AttributeValue = { S: 'x' };
      for (let level = 0; level < levels; level += 1) value = { L: [value] };
      return value;
    };
    const put = (levels: number) => {
      const Item = { orderId: { S: 'O1' }, nested: nested(levels) };
      return tables.send(new PutItemCommand({ TableName: 'Orders', Item }));
    };
    await put(32);
    for (const levels of [40, 900]) {
      await expect(put(levels)).rejects.toMatchObject({
        name: 'ValidationException',
        message: 'Nesting Levels have exceeded supported limits',
      });
    }
    expect(shared.engine.tables.pid).toBe(before);
  });

  it('is ended and started anew when it has no answer in time: other calls go on', async () => {
    const tables = createTableProcess(undefined, 2_000);
    cleanUps.push(() => tables.stop());
    const call = (operation: string, input: object) =>
      tables.call({
        account: KEYS.accessKeyId,
        region: 'eu-west-1',
        headers: {
          'content-type': 'application/x-amz-json-1.0',
          'x-amz-target': `DynamoDB_20120810.${operation}`,
          'x-amz-date': '20260101T000000Z',
          authorization: `AWS4-HMAC-SHA256 Credential=${KEYS.accessKeyId}/20260101/eu-west-1/dynamodb/aws4_request, SignedHeaders=host, Signature=0`,
        },
        body: JSON.stringify(input),
      });
    await expect.poll(() => call('ListTables', {})).toMatchObject({ status: 200 });
    // The library takes ten times as long for each pair of brackets more.
    const FilterExpression = `${'NOT ('.repeat(14)}orderId = orderId${')'.repeat(14)}`;
    await expect(call('Scan', { TableName: 'Orders', FilterExpression })).rejects.toThrow(
      'it had no answer within 2 s',
    );
    await expect.poll(() => call('ListTables', {})).toMatchObject({ status: 200 });
  });

  it('takes no item with it when a call ends it, and that call gets a 500 that says so', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'pubsub-tables-'));
    cleanUps.push(() => rmSync(folder, { recursive: true, force: true }));
    const running = await engine({ stateDir: folder });
    const tables = client(running);
    await createTable(tables, ORDERS);
    await tables.send(put('O1'));
    const before = running.engine.tables.pid;
    await expect(tables.send(DEADLY)).rejects.toMatchObject({
      name: 'InternalServerError',
      message: expect.stringContaining('The process that keeps the tables ended during this Scan'),
    });
    expect(await orderIds(tables)).toEqual(['O1']);
    expect(running.engine.tables.pid).not.toBe(before);
  });

  it('keeps what it acknowledged when it is killed under load', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'pubsub-tables-'));
    cleanUps.push(() => rmSync(folder, { recursive: true, force: true }));
    const running = await engine({ stateDir: folder });
    const tables = client(running);
    await createTable(tables, ORDERS);
    const stored: string[] = [];
    let next = 0;
    const write = async (): Promise<void> => {
      while (next < 150) {
        const orderId = `O${next++}`;
        if (next % 40 === 0) process.kill(running.engine.tables.pid ?? 0, 'SIGKILL');
        await tables.send(put(orderId)).then(
          () => stored.push(orderId),
          () => undefined,
        );
      }
    };
    await Promise.all(Array.from({ length: 8 }, write));
    const found = await orderIds(tables);
    expect(stored.length).toBeGreaterThan(75);
    expect(stored.filter((orderId) => !found.includes(orderId))).toEqual([]);
  });

  it('ends with its engine, and a reset leaves no table', async () => {
    const running = await startEngine();
    const tables = client(running);
    await createTable(tables, ORDERS);
    await running.engine.tables.reset();
    expect((await tables.send(new ListTablesCommand({}))).TableNames).toEqual([]);
    const pid = running.engine.tables.pid ?? 0;
    await running.stop();
    expect(() => process.kill(pid, 0)).toThrow(/ESRCH/);
  });
});
