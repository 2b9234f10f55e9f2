import type {
  CreateTableCommandInput,
  GlobalSecondaryIndex,
  KeySchemaElement,
} from '@aws-sdk/client-dynamodb';

/** Names of the table's indexes. */
export const ORDER_INDEXES = {
  /** Orders of a user, by status and then by id. */
  byUser: 'byUser',
  byStatus: 'byStatus',
  /** Orders with events that are not published yet, and no others: those that are due first. */
  unpublished: 'unpublished',
} as const;

/** The attribute with the time, in seconds since 1970, from which on DynamoDB may remove an item. */
export const EXPIRY_ATTRIBUTE = 'expires';

const KEY = { partition: 'pk', sort: 'id' };

/**
 * The table of the orders, as `CreateTable` and `AWS::DynamoDB::Table` take it, without its name. `pk` says what an item
 * is: `order`, `key#…` (an idempotency key), `sequence` (the last id), `handled#…` (an event that a subscriber handled).
 *
 * Of one partition key DynamoDB takes 1,000 writes a second ("Best practices for designing and using partition keys");
 * an order is two, so that this is for some 500 orders a second.
 */
export const ORDERS_TABLE: Omit<CreateTableCommandInput, 'TableName'> = {
  BillingMode: 'PAY_PER_REQUEST',
  AttributeDefinitions: [
    { AttributeName: 'pk', AttributeType: 'S' },
    { AttributeName: 'id', AttributeType: 'N' },
    { AttributeName: 'user_id', AttributeType: 'N' },
    { AttributeName: 'status_id', AttributeType: 'S' },
    { AttributeName: 'status', AttributeType: 'S' },
    { AttributeName: 'outbox', AttributeType: 'S' },
    { AttributeName: 'due', AttributeType: 'N' },
  ],
  KeySchema: keySchema(KEY),
  GlobalSecondaryIndexes: [
    // What publishing changes is in none of these two, so that it doesn't write to them.
    index(ORDER_INDEXES.byUser, { partition: 'user_id', sort: 'status_id' }, [
      ...['total', 'status', 'created_at', 'updated_at'],
    ]),
    index(ORDER_INDEXES.byStatus, { partition: 'status', sort: 'id' }, [
      ...['user_id', 'total', 'created_at', 'updated_at'],
    ]),
    index(ORDER_INDEXES.unpublished, { partition: 'outbox', sort: 'due' }, ['since', 'last_error']),
  ],
};

/** `TimeToLiveSpecification` of the table: keys, and what was handled, are forgotten by themselves. */
export const ORDERS_TIME_TO_LIVE = { AttributeName: EXPIRY_ATTRIBUTE, Enabled: true } as const;

type Key = typeof KEY;

function index(IndexName: string, key: Key, attributes: readonly string[]): GlobalSecondaryIndex {
  return {
    IndexName,
    KeySchema: keySchema(key),
    Projection: { ProjectionType: 'INCLUDE', NonKeyAttributes: [...attributes] },
  };
}

function keySchema({ partition, sort }: Key): KeySchemaElement[] {
  return [
    { AttributeName: partition, KeyType: 'HASH' },
    { AttributeName: sort, KeyType: 'RANGE' },
  ];
}
