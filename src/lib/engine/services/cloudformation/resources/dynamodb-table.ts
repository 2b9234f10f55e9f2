import { setTimeout as sleep } from 'node:timers/promises';
import type { CreateTableOutput, DescribeTableOutput } from '@aws-sdk/client-dynamodb';
import { ServiceError } from '../../../errors.ts';
import { sameData } from '../template/data.ts';
import type { Properties } from './check-properties.ts';
import type { Made, ResourceContext, ResourceType } from './resource-type.ts';
import { retag, TAGS, tagList, tagsOf } from './tags.ts';
import { differs, objects, refuseUnsupported, text, unless } from './values.ts';

const MAX_NAME = 255;
const MISSING = 'ResourceNotFoundException';
const POLL_INTERVAL_MS = 20;
/** A table of the engine is there, or gone, at once. */
const MAX_POLLS = 500;
/** What `CreateTable` takes under the same name. */
const AT_CREATION = [
  'AttributeDefinitions',
  'BillingMode',
  'DeletionProtectionEnabled',
  'GlobalSecondaryIndexes',
  'KeySchema',
  'LocalSecondaryIndexes',
  'ProvisionedThroughput',
];
/** What the engine's tables don't have, and what would behave otherwise on AWS. */
const UNSUPPORTED = [
  'ImportSourceSpecification',
  'KinesisStreamSpecification',
  'ResourcePolicy',
  'StreamSpecification',
];
const throughput = { ReadCapacityUnits: 'integer', WriteCapacityUnits: 'integer' } as const;
const keySchema = [{ AttributeName: 'string', KeyType: 'string' }] as const;
const projection = { NonKeyAttributes: ['string'], ProjectionType: 'string' } as const;

/**
 * Encryption, backups, insights, table class and bounds of throughput are kept and shown: nothing of a table of the
 * engine depends on them.
 *
 * @see https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-dynamodb-table.html
 */
export const dynamodbTable: ResourceType = {
  table: {
    properties: {
      AttributeDefinitions: [{ AttributeName: 'string', AttributeType: 'string' }],
      BillingMode: 'string',
      ContributorInsightsSpecification: { Enabled: 'boolean', Mode: 'string' },
      DeletionProtectionEnabled: 'boolean',
      GlobalSecondaryIndexes: [
        {
          ContributorInsightsSpecification: 'json',
          IndexName: 'string',
          KeySchema: keySchema,
          OnDemandThroughput: 'json',
          Projection: projection,
          ProvisionedThroughput: throughput,
          WarmThroughput: 'json',
        },
      ],
      ImportSourceSpecification: 'json',
      KeySchema: keySchema,
      KinesisStreamSpecification: 'json',
      LocalSecondaryIndexes: [
        { IndexName: 'string', KeySchema: keySchema, Projection: projection },
      ],
      OnDemandThroughput: { MaxReadRequestUnits: 'integer', MaxWriteRequestUnits: 'integer' },
      PointInTimeRecoverySpecification: {
        PointInTimeRecoveryEnabled: 'boolean',
        RecoveryPeriodInDays: 'integer',
      },
      ProvisionedThroughput: throughput,
      ResourcePolicy: 'json',
      SSESpecification: { KMSMasterKeyId: 'string', SSEEnabled: 'boolean', SSEType: 'string' },
      StreamSpecification: 'json',
      TableClass: 'string',
      TableName: 'string',
      Tags: TAGS,
      TimeToLiveSpecification: { AttributeName: 'string', Enabled: 'boolean' },
      WarmThroughput: 'json',
    },
    required: ['KeySchema'],
    replacing: ['TableName', 'KeySchema', 'LocalSecondaryIndexes', 'ImportSourceSpecification'],
    name: 'TableName',
  },
  attributes: ['Arn'],
  async create(properties, context) {
    refuseUnsupported(properties, UNSUPPORTED, 'tables');
    const TableName = text(properties, 'TableName') ?? context.generatedName(MAX_NAME);
    const creating = context.call<CreateTableOutput>('dynamodb', 'CreateTable', {
      TableName,
      ...creationInput(properties),
      Tags: tagList(tagsOf(properties, context.tags)),
    });
    await (context.resumed ? unless(creating, 'ResourceInUseException') : creating);
    const Arn = `arn:aws:dynamodb:${context.region}:${context.account}:table/${TableName}`;
    const made: Made = { physicalId: TableName, attributes: { Arn } };
    context.made(made);
    await settled(TableName, context, (status) => status === 'ACTIVE');
    await setTimeToLive(properties, {}, TableName, context);
    return made;
  },
  async update(properties, current, context) {
    refuseUnsupported(properties, UNSUPPORTED, 'tables');
    const { physicalId: TableName, properties: before } = current;
    const { GlobalSecondaryIndexes, ...changes } = changedThroughput(properties, before);
    if (differs(properties, before, ['GlobalSecondaryIndexes'])) refuseIndexChange();
    if (Object.keys(changes).length > 0) {
      await context.call('dynamodb', 'UpdateTable', { TableName, ...changes });
      await settled(TableName, context, (status) => status === 'ACTIVE');
    }
    await setTimeToLive(properties, before, TableName, context);
    const { Arn: ResourceArn = '' } = current.attributes;
    await retag(properties, before, context, {
      untag: (TagKeys) => context.call('dynamodb', 'UntagResource', { ResourceArn, TagKeys }),
      tag: (tags) => context.call('dynamodb', 'TagResource', { ResourceArn, Tags: tagList(tags) }),
    });
    return current;
  },
  async remove({ physicalId: TableName }, context) {
    const deleting = context.call('dynamodb', 'DeleteTable', { TableName });
    if ((await unless(deleting, MISSING)) === undefined) return;
    await settled(TableName, context, (status) => status === undefined);
  },
};

function creationInput(properties: Properties): Properties {
  const given = AT_CREATION.filter((name) => properties[name] !== undefined);
  const { GlobalSecondaryIndexes: _, ...input } = Object.fromEntries(
    given.map((name) => [name, properties[name]]),
  ) as Record<string, Properties[string]>;
  const indexes = objects(properties, 'GlobalSecondaryIndexes').map(
    ({ IndexName, KeySchema, Projection, ProvisionedThroughput }) => ({
      ...definedOnly({ IndexName, KeySchema, Projection, ProvisionedThroughput }),
    }),
  );
  return { ...input, ...(indexes.length === 0 ? {} : { GlobalSecondaryIndexes: indexes }) };
}

function definedOnly(properties: Readonly<Record<string, Properties[string] | undefined>>) {
  return Object.fromEntries(
    Object.entries(properties).flatMap(([name, value]) =>
      value === undefined ? [] : [[name, value] as const],
    ),
  );
}

/** What `UpdateTable` has to change. */
function changedThroughput(properties: Properties, before: Properties): Properties {
  const { BillingMode, ProvisionedThroughput, DeletionProtectionEnabled } = properties;
  const billing = differs(properties, before, ['BillingMode', 'ProvisionedThroughput'])
    ? definedOnly({ BillingMode: BillingMode ?? 'PROVISIONED', ProvisionedThroughput })
    : {};
  const protection: Properties = differs(properties, before, ['DeletionProtectionEnabled'])
    ? { DeletionProtectionEnabled: DeletionProtectionEnabled ?? false }
    : {};
  return { ...billing, ...protection };
}

async function setTimeToLive(
  properties: Properties,
  before: Properties,
  TableName: string,
  context: ResourceContext,
) {
  if (!differs(properties, before, ['TimeToLiveSpecification'])) return;
  const then = before.TimeToLiveSpecification as Properties | undefined;
  const now = properties.TimeToLiveSpecification as Properties | undefined;
  const set = (specification: Properties, Enabled: boolean) =>
    context.call('dynamodb', 'UpdateTimeToLive', {
      TableName,
      TimeToLiveSpecification: { AttributeName: specification.AttributeName, Enabled },
    });
  const isSame = sameData(then?.AttributeName, now?.AttributeName);
  if (then?.Enabled === true && !(now?.Enabled === true && isSame)) await set(then, false);
  if (now?.Enabled === true && !(then?.Enabled === true && isSame)) await set(now, true);
}

/** Waits until a table has the status that is wanted; undefined stands for one that is gone. */
async function settled(
  TableName: string,
  context: ResourceContext,
  isWanted: (status: string | undefined) => boolean,
): Promise<void> {
  for (let poll = 0; poll < MAX_POLLS; poll += 1) {
    const describing = context.call<DescribeTableOutput>('dynamodb', 'DescribeTable', {
      TableName,
    });
    const found = await unless(describing, MISSING);
    if (isWanted(found?.Table?.TableStatus)) return;
    await sleep(POLL_INTERVAL_MS);
  }
  throw new ServiceError('NotStabilized', `The table ${TableName} did not stabilize.`);
}

function refuseIndexChange(): never {
  throw new ServiceError(
    'UnsupportedOperation',
    'The local engine does not add indexes to a table or take them away. Change TableName too, so that the table is replaced.',
  );
}
