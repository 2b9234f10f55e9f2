import { type AttributeValue, GetItemCommand, ScanCommand } from '@aws-sdk/client-dynamodb';
import { LosslessNumber } from 'lossless-json';
import type { KeyAttribute } from '../definition/topology.ts';
import { call, callUnless } from './call.ts';
import type { Aws } from './clients.ts';
import { TABLE_NOT_FOUND } from './tables.ts';

/** An item as plain data: numbers to the letter, bytes as base64, sets as lists. */
export type Item = Readonly<Record<string, unknown>>;

/** The items of a table, page after page (`Scan`); undefined where there is no such table. */
export async function* scanItems(aws: Aws, table: string): AsyncGenerator<Item> {
  const dynamodb = await aws.dynamodb();
  let start: Record<string, AttributeValue> | undefined;
  do {
    const { Items = [], LastEvaluatedKey } = await call(aws, `read table "${table}"`, () =>
      dynamodb.send(
        new ScanCommand({ TableName: table, ExclusiveStartKey: start, ConsistentRead: true }),
      ),
    );
    for (const item of Items) yield plainItem(item);
    start = LastEvaluatedKey;
  } while (start !== undefined);
}

/** One item (`GetItem`, consistently read). @returns undefined where the table or the item isn't there. */
export async function getItem(
  aws: Aws,
  table: string,
  key: readonly { readonly attribute: KeyAttribute; readonly value: string }[],
): Promise<Item | undefined> {
  const dynamodb = await aws.dynamodb();
  const Key = Object.fromEntries(
    key.map(({ attribute: { name, type }, value }) => [name, attributeValue(type, value)]),
  );
  const answer = await callUnless(aws, `read an item of table "${table}"`, TABLE_NOT_FOUND, () =>
    dynamodb.send(new GetItemCommand({ TableName: table, Key, ConsistentRead: true })),
  );
  return answer?.Item && plainItem(answer.Item);
}

function attributeValue(type: KeyAttribute['type'], value: string): AttributeValue {
  if (type === 'N') return { N: value };
  return type === 'B' ? { B: Buffer.from(value, 'base64') } : { S: value };
}

function plainItem(item: Readonly<Record<string, AttributeValue>>): Item {
  return Object.fromEntries(Object.entries(item).map(([name, value]) => [name, plain(value)]));
}

function plain(value: AttributeValue): unknown {
  if (value.S !== undefined) return value.S;
  if (value.N !== undefined) return new LosslessNumber(value.N);
  if (value.BOOL !== undefined) return value.BOOL;
  if (value.B !== undefined) return base64(value.B);
  if (value.M !== undefined) return plainItem(value.M);
  if (value.L !== undefined) return value.L.map(plain);
  if (value.SS !== undefined) return value.SS;
  if (value.NS !== undefined) return value.NS.map((each) => new LosslessNumber(each));
  if (value.BS !== undefined) return value.BS.map(base64);
  return null;
}

function base64(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('base64');
}
