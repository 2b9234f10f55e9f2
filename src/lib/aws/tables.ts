import {
  CreateTableCommand,
  DeleteTableCommand,
  DescribeTableCommand,
  DescribeTimeToLiveCommand,
  type GlobalSecondaryIndexDescription,
  type KeySchemaElement,
  ListTablesCommand,
  ListTagsOfResourceCommand,
  ScanCommand,
  type TableDescription,
  TagResourceCommand,
  UntagResourceCommand,
  UpdateTableCommand,
  UpdateTimeToLiveCommand,
} from '@aws-sdk/client-dynamodb';
import type { KeyAttribute, TableKey } from '../definition/topology.ts';
import { call, callUnless } from './call.ts';
import type { Aws } from './clients.ts';
import type { Attributes } from './topics.ts';

/** What DynamoDB answers about a table that isn't there (API reference). */
export const TABLE_NOT_FOUND = ['ResourceNotFoundException'] as const;

/** A table as it stands. */
export interface FoundTable {
  readonly name: string;
  readonly arn: string;
  /** Such as `ACTIVE`, `CREATING` or `DELETING`. */
  readonly status: string;
  readonly itemKey: TableKey;
  /** Global secondary indexes by name. */
  readonly indexes: Readonly<Record<string, TableKey & { readonly isActive: boolean }>>;
  /** Undefined for none. */
  readonly ttl: string | undefined;
  readonly tags: Attributes;
}

/** Names of all tables of the account and region, sorted (`ListTables`, all pages). */
export async function listTableNames(aws: Aws): Promise<string[]> {
  const dynamodb = await aws.dynamodb();
  const names: string[] = [];
  let after: string | undefined;
  do {
    const { TableNames = [], LastEvaluatedTableName } = await call(aws, 'list the tables', () =>
      dynamodb.send(
        new ListTablesCommand(after === undefined ? {} : { ExclusiveStartTableName: after }),
      ),
    );
    names.push(...TableNames);
    after = LastEvaluatedTableName;
  } while (after !== undefined);
  return names.sort();
}

/** A table with its tags and time to live; undefined where there is none. */
export async function getTable(aws: Aws, name: string): Promise<FoundTable | undefined> {
  const dynamodb = await aws.dynamodb();
  const answer = await callUnless(aws, `read table "${name}"`, TABLE_NOT_FOUND, () =>
    dynamodb.send(new DescribeTableCommand({ TableName: name })),
  );
  const found = answer?.Table;
  if (found === undefined) return undefined;
  const arn = found.TableArn ?? '';
  const [ttl, tags] = await Promise.all([timeToLive(aws, name), tableTags(aws, name, arn)]);
  return {
    name,
    arn,
    status: found.TableStatus ?? '',
    itemKey: keyOf(found, found.KeySchema),
    indexes: Object.fromEntries(
      (found.GlobalSecondaryIndexes ?? []).map((index: GlobalSecondaryIndexDescription) => [
        index.IndexName ?? '',
        { ...keyOf(found, index.KeySchema), isActive: index.IndexStatus === 'ACTIVE' },
      ]),
    ),
    ttl,
    tags,
  };
}

function keyOf(
  { AttributeDefinitions = [] }: TableDescription,
  schema: readonly KeySchemaElement[] = [],
): TableKey {
  const of = (kind: 'HASH' | 'RANGE'): KeyAttribute | undefined => {
    const name = schema.find(({ KeyType }) => KeyType === kind)?.AttributeName;
    if (name === undefined) return undefined;
    const type = AttributeDefinitions.find(({ AttributeName }) => AttributeName === name);
    return { name, type: (type?.AttributeType ?? 'S') as KeyAttribute['type'] };
  };
  const range = of('RANGE');
  return { hash: of('HASH') ?? { name: '', type: 'S' }, ...(range && { range }) };
}

async function timeToLive(aws: Aws, name: string): Promise<string | undefined> {
  const dynamodb = await aws.dynamodb();
  const answer = await callUnless(
    aws,
    `read the time to live of table "${name}"`,
    TABLE_NOT_FOUND,
    () => dynamodb.send(new DescribeTimeToLiveCommand({ TableName: name })),
  );
  const { TimeToLiveStatus = '', AttributeName } = answer?.TimeToLiveDescription ?? {};
  return TimeToLiveStatus.startsWith('ENABL') ? AttributeName : undefined;
}

async function tableTags(aws: Aws, name: string, arn: string): Promise<Attributes> {
  const dynamodb = await aws.dynamodb();
  const tags: Record<string, string> = {};
  let token: string | undefined;
  do {
    const { Tags = [], NextToken } =
      (await callUnless(aws, `read the tags of table "${name}"`, TABLE_NOT_FOUND, () =>
        dynamodb.send(new ListTagsOfResourceCommand({ ResourceArn: arn, NextToken: token })),
      )) ?? {};
    for (const { Key = '', Value = '' } of Tags) tags[Key] = Value;
    token = NextToken;
  } while (token !== undefined);
  return tags;
}

/** Creates a table that is paid by request (`CreateTable`). It may take seconds until it is there. */
export async function createTable(
  aws: Aws,
  table: {
    readonly name: string;
    readonly itemKey: TableKey;
    readonly indexes: Readonly<Record<string, TableKey>>;
    readonly tags: Attributes;
  },
): Promise<void> {
  const { name, itemKey, indexes, tags } = table;
  const keys = [itemKey, ...Object.values(indexes)];
  const dynamodb = await aws.dynamodb();
  await call(aws, `create table "${name}"`, () =>
    dynamodb.send(
      new CreateTableCommand({
        TableName: name,
        BillingMode: 'PAY_PER_REQUEST',
        AttributeDefinitions: attributeDefinitions(keys),
        KeySchema: keySchema(itemKey),
        ...(Object.keys(indexes).length === 0
          ? {}
          : { GlobalSecondaryIndexes: Object.entries(indexes).map(indexInput) }),
        Tags: Object.entries(tags).map(([Key, Value]) => ({ Key, Value })),
      }),
    ),
  );
}

/** Adds an index to a table, or takes one away (`UpdateTable`, one at a time). */
export async function changeIndex(
  aws: Aws,
  { name, itemKey }: { readonly name: string; readonly itemKey: TableKey },
  index: string,
  key: TableKey | undefined,
): Promise<void> {
  const dynamodb = await aws.dynamodb();
  await call(aws, `change the index ${index} of table "${name}"`, () =>
    dynamodb.send(
      new UpdateTableCommand({
        TableName: name,
        ...(key === undefined
          ? { GlobalSecondaryIndexUpdates: [{ Delete: { IndexName: index } }] }
          : {
              AttributeDefinitions: attributeDefinitions([itemKey, key]),
              GlobalSecondaryIndexUpdates: [{ Create: indexInput([index, key]) }],
            }),
      }),
    ),
  );
}

function indexInput([name, key]: readonly [string, TableKey]) {
  return {
    IndexName: name,
    KeySchema: keySchema(key),
    Projection: { ProjectionType: 'ALL' as const },
  };
}

function keySchema({ hash, range }: TableKey): KeySchemaElement[] {
  return [
    { AttributeName: hash.name, KeyType: 'HASH' },
    ...(range ? [{ AttributeName: range.name, KeyType: 'RANGE' as const }] : []),
  ];
}

function attributeDefinitions(keys: readonly TableKey[]) {
  const types = new Map(
    keys
      .flatMap(({ hash, range }) => (range ? [hash, range] : [hash]))
      .map(({ name, type }) => [name, type]),
  );
  return [...types].map(([AttributeName, AttributeType]) => ({ AttributeName, AttributeType }));
}

/** Turns a table's time to live on, or off (`UpdateTimeToLive`). */
export async function setTimeToLive(
  aws: Aws,
  name: string,
  change: { readonly attribute: string; readonly enabled: boolean },
): Promise<void> {
  const dynamodb = await aws.dynamodb();
  await call(aws, `set the time to live of table "${name}"`, () =>
    dynamodb.send(
      new UpdateTimeToLiveCommand({
        TableName: name,
        TimeToLiveSpecification: { AttributeName: change.attribute, Enabled: change.enabled },
      }),
    ),
  );
}

/** Adds tags to a table, or changes their values, and takes others off (`TagResource`, `UntagResource`). */
export async function changeTableTags(
  aws: Aws,
  arn: string,
  { set, remove }: { readonly set: Attributes; readonly remove: readonly string[] },
): Promise<void> {
  const dynamodb = await aws.dynamodb();
  const Tags = Object.entries(set).map(([Key, Value]) => ({ Key, Value }));
  if (Tags.length > 0) {
    await call(aws, `tag table "${arn}"`, () =>
      dynamodb.send(new TagResourceCommand({ ResourceArn: arn, Tags })),
    );
  }
  if (remove.length > 0) {
    await call(aws, `untag table "${arn}"`, () =>
      dynamodb.send(new UntagResourceCommand({ ResourceArn: arn, TagKeys: [...remove] })),
    );
  }
}

/** Deletes a table with all that is in it (`DeleteTable`); one that is gone already is not an error. */
export async function deleteTable(aws: Aws, name: string): Promise<void> {
  const dynamodb = await aws.dynamodb();
  await callUnless(aws, `delete table "${name}"`, TABLE_NOT_FOUND, () =>
    dynamodb.send(new DeleteTableCommand({ TableName: name })),
  );
}

/** Items of a table, up to a page (`Scan` without its items): DynamoDB's own count is hours old. */
export async function countItems(aws: Aws, name: string): Promise<number> {
  const dynamodb = await aws.dynamodb();
  const answer = await callUnless(aws, `count the items of table "${name}"`, TABLE_NOT_FOUND, () =>
    dynamodb.send(new ScanCommand({ TableName: name, Select: 'COUNT', ConsistentRead: true })),
  );
  return answer?.Count ?? 0;
}
