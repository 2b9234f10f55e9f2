// Stores each order once, and answers which messages of a batch failed, with AWS's Powertools for TypeScript.
import { BatchProcessor, EventType, processPartialResponse } from '@aws-lambda-powertools/batch';
import { IdempotencyConfig, makeIdempotent } from '@aws-lambda-powertools/idempotency';
import { DynamoDBPersistenceLayer } from '@aws-lambda-powertools/idempotency/dynamodb';
import { DynamoDBClient, PutItemCommand } from '@aws-sdk/client-dynamodb';

/** What is published. */
interface Order {
  readonly orderId: string;
  readonly quantity: number;
}

const { ORDERS = 'Orders', SEEN = 'Seen' } = process.env;
const tables = new DynamoDBClient({});
const config = new IdempotencyConfig({ eventKeyJmesPath: 'orderId' });

/** An order that was stored already is answered from `Seen`, whatever message brings it again. */
const store = makeIdempotent(
  async ({ orderId, quantity }: Order) => {
    if (!(quantity > 0)) throw new Error(`order ${orderId} has no quantity`);
    const Item = { orderId: { S: orderId }, quantity: { N: String(quantity) } };
    await tables.send(new PutItemCommand({ TableName: ORDERS, Item }));
    console.log(`stored ${orderId}`);
    return { orderId };
  },
  {
    persistenceStore: new DynamoDBPersistenceLayer({ tableName: SEEN }),
    config,
  },
);

const processor = new BatchProcessor(EventType.SQS);

type Event = Parameters<typeof processPartialResponse>[0];
type Context = Parameters<typeof config.registerLambdaContext>[0];

/** What Lambda calls. */
export const handler = async (event: Event, context: Context) => {
  config.registerLambdaContext(context);
  return processPartialResponse(
    event,
    (record: { readonly body: string }) => store(JSON.parse(record.body) as Order),
    processor,
    { context, throwOnFullBatchFailure: false },
  );
};
