import type {
  CreateTableCommandInput,
  GlobalSecondaryIndex,
  KeySchemaElement,
} from '@aws-sdk/client-dynamodb';
import type { TableKey } from '../../definition/topology.ts';

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

const text = (name: string) => ({ name, type: 'S' }) as const;
const number = (name: string) => ({ name, type: 'N' }) as const;

/** What items of the table are found by. */
export const ORDERS_KEY = { hash: text('pk'), range: number('id') } as const satisfies TableKey;

/** What items of its indexes are found by. */
export const ORDER_INDEX_KEYS = {
  [ORDER_INDEXES.byUser]: { hash: number('user_id'), range: text('status_id') },
  [ORDER_INDEXES.byStatus]: { hash: text('status'), range: number('id') },
  [ORDER_INDEXES.unpublished]: { hash: text('outbox'), range: number('due') },
} as const satisfies Readonly<Record<string, TableKey>>;

/**
 * The table of the orders, as `CreateTable` and `AWS::DynamoDB::Table` take it, without its name. `pk` says what an item
 * is: `order`, `key#…` (an idempotency key), `sequence` (the last id), `handled#…` (an event that a subscriber handled).
 *
 * Of one partition key DynamoDB takes 1,000 writes a second ("Best practices for designing and using partition keys");
 * an order is two, so that this is for some 500 orders a second.
 */
export const ORDERS_TABLE: Omit<CreateTableCommandInput, 'TableName'> = {
  BillingMode: 'PAY_PER_REQUEST',
  AttributeDefinitions: attributes([ORDERS_KEY, ...Object.values(ORDER_INDEX_KEYS)]),
  KeySchema: keySchema(ORDERS_KEY),
  GlobalSecondaryIndexes: [
    // What publishing changes is in none of these two, so that it doesn't write to them.
    index('byUser', ['total', 'status', 'created_at', 'updated_at']),
    index('byStatus', ['user_id', 'total', 'created_at', 'updated_at']),
    index('unpublished', ['since', 'last_error']),
  ],
};

/** `TimeToLiveSpecification` of the table: keys, and what was handled, are forgotten by themselves. */
export const ORDERS_TIME_TO_LIVE = { AttributeName: EXPIRY_ATTRIBUTE, Enabled: true } as const;

/** Each attribute of these keys, once. */
function attributes(keys: readonly Key[]): CreateTableCommandInput['AttributeDefinitions'] {
  const types = new Map(
    keys.flatMap(({ hash, range }) => [hash, range]).map((each) => [each.name, each.type]),
  );
  return [...types].map(([AttributeName, AttributeType]) => ({ AttributeName, AttributeType }));
}

type Key = typeof ORDERS_KEY | (typeof ORDER_INDEX_KEYS)[keyof typeof ORDER_INDEX_KEYS];

function index(
  IndexName: keyof typeof ORDER_INDEX_KEYS,
  NonKeyAttributes: string[],
): GlobalSecondaryIndex {
  return {
    IndexName,
    KeySchema: keySchema(ORDER_INDEX_KEYS[IndexName]),
    Projection: { ProjectionType: 'INCLUDE', NonKeyAttributes },
  };
}

function keySchema({ hash, range }: Key): KeySchemaElement[] {
  return [
    { AttributeName: hash.name, KeyType: 'HASH' },
    { AttributeName: range.name, KeyType: 'RANGE' },
  ];
}
