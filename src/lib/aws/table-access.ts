import {
  ConditionalCheckFailedException,
  GetItemCommand,
  PutItemCommand,
  QueryCommand,
  type QueryCommandInput,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb';
import { marshall, unmarshall } from '@aws-sdk/util-dynamodb';
import { call } from './call.ts';
import type { Aws } from './clients.ts';
import type { CallTarget } from './errors.ts';

/** Clients as far as items of tables need them. */
export type TableAccess = CallTarget & Pick<Aws, 'dynamodb'>;

/** Values of an item by attribute: texts, numbers that a double holds exactly, booleans, lists and objects of them. */
export type ItemValues = Readonly<Record<string, unknown>>;

/** A condition or a query in DynamoDB's expressions ("Expressions in DynamoDB"). */
export interface Expression {
  readonly expression: string;
  /** What stands behind each `#name`. */
  readonly names?: Readonly<Record<string, string>>;
  /** What stands behind each `:value`. */
  readonly values?: ItemValues;
}

/** One item, consistently read (`GetItem`); undefined where there is none. @throws AppError, also without the table. */
export async function readItem(
  aws: TableAccess,
  TableName: string,
  key: ItemValues,
): Promise<ItemValues | undefined> {
  const dynamodb = await aws.dynamodb();
  const { Item } = await call(aws, `read an item of table "${TableName}"`, () =>
    dynamodb.send(new GetItemCommand({ TableName, Key: marshall(key), ConsistentRead: true })),
  );
  return Item && unmarshall(Item);
}

/**
 * Writes a whole item where the condition holds of the one that is there (`PutItem`). Attributes that are undefined are
 * left out.
 * @returns false where the condition doesn't hold. Also where an earlier attempt of this call wrote the item, and its
 * answer got lost: what is written has to tell.
 * @throws AppError; where no answer came the item may be written all the same
 */
export async function putItemIf(
  aws: TableAccess,
  TableName: string,
  item: ItemValues,
  condition: Expression,
): Promise<boolean> {
  const dynamodb = await aws.dynamodb();
  return call(aws, `write an item of table "${TableName}"`, async () => {
    try {
      await dynamodb.send(
        new PutItemCommand({
          TableName,
          Item: marshall(item, { removeUndefinedValues: true }),
          ConditionExpression: condition.expression,
          ...placeholders(condition),
        }),
      );
      return true;
    } catch (error) {
      if (error instanceof ConditionalCheckFailedException) return false;
      throw error;
    }
  });
}

/**
 * Adds to a number of an item, from 0 where there is none (`UpdateItem`).
 * @returns the sum. An answer that got lost leaves a gap, since the call is made again.
 */
export async function addToItem(
  aws: TableAccess,
  TableName: string,
  key: ItemValues,
  { attribute, amount }: { readonly attribute: string; readonly amount: number },
): Promise<number> {
  const dynamodb = await aws.dynamodb();
  const { Attributes = {} } = await call(aws, `count in table "${TableName}"`, () =>
    dynamodb.send(
      new UpdateItemCommand({
        TableName,
        Key: marshall(key),
        UpdateExpression: 'ADD #attribute :amount',
        ExpressionAttributeNames: { '#attribute': attribute },
        ExpressionAttributeValues: marshall({ ':amount': amount }),
        ReturnValues: 'UPDATED_NEW',
      }),
    ),
  );
  return Number(unmarshall(Attributes)[attribute]);
}

/** What is asked of a table or of one of its indexes. */
export interface ItemQuery extends Expression {
  /** The table itself unless given, which is consistently read. */
  readonly index?: string;
  /** By the range key. */
  readonly newestFirst: boolean;
  /** Items at the most; a page of 1 MB unless given. */
  readonly limit?: number;
}

/** The first page of the items that a query finds (`Query`). */
export async function queryItems(
  aws: TableAccess,
  TableName: string,
  query: ItemQuery,
): Promise<readonly ItemValues[]> {
  const { index, newestFirst, limit } = query;
  const input: QueryCommandInput = {
    TableName,
    KeyConditionExpression: query.expression,
    ...placeholders(query),
    ScanIndexForward: !newestFirst,
    ...(index === undefined ? { ConsistentRead: true } : { IndexName: index }),
    ...(limit === undefined ? {} : { Limit: limit }),
  };
  const dynamodb = await aws.dynamodb();
  const { Items = [] } = await call(aws, `read table "${TableName}"`, () =>
    dynamodb.send(new QueryCommand(input)),
  );
  return Items.map((item) => unmarshall(item));
}

function placeholders({ names, values }: Expression) {
  return {
    ...(names && { ExpressionAttributeNames: { ...names } }),
    ...(values && { ExpressionAttributeValues: marshall(values) }),
  };
}
