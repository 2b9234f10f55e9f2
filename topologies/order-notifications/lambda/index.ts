import {
  ConditionalCheckFailedException,
  DynamoDBClient,
  PutItemCommand,
} from '@aws-sdk/client-dynamodb';

/** What Lambda hands over of a batch of SQS messages ("Using Lambda with Amazon SQS"). */
interface SqsEvent {
  readonly Records: readonly {
    readonly messageId: string;
    readonly body: string;
    readonly attributes: { readonly ApproximateReceiveCount: string };
  }[];
}

interface Order {
  readonly orderId: string;
  readonly userId: string;
  readonly itemName: string;
  readonly quantity: number;
  readonly status: string;
  readonly timestamp: string;
}

const tables = new DynamoDBClient({});
const TableName = process.env.TABLE;

/**
 * Stores each order of a batch. What fails is named, so that only that comes again: the other messages of the batch are
 * deleted from the queue.
 */
export async function handler({ Records }: SqsEvent) {
  const outcomes = await Promise.allSettled(Records.map(async ({ body }) => store(orderIn(body))));
  const batchItemFailures = Records.flatMap(({ messageId, attributes }, index) => {
    const outcome = outcomes[index];
    if (outcome?.status !== 'rejected') return [];
    const receive = attributes.ApproximateReceiveCount;
    console.error(`message ${messageId} failed, receive ${receive}: ${outcome.reason}`);
    return [{ itemIdentifier: messageId }];
  });
  return { batchItemFailures };
}

/**
 * The order in a message. SNS puts an envelope around it, unless the subscription asks for raw delivery; publishers of
 * the library put it into `data`, beside the event's time.
 */
function orderIn(body: string): Order {
  const outer = JSON.parse(body);
  const event = outer.Type === 'Notification' ? JSON.parse(outer.Message) : outer;
  const order = { timestamp: event.timestamp, ...(event.data ?? event) };
  if (typeof order.orderId !== 'string' || !Number.isInteger(order.quantity)) {
    throw new Error('no order: it needs an orderId and a whole quantity');
  }
  return order;
}

/** Stores an order once: SQS may deliver a message again, and the table refuses the second time. */
async function store(order: Order): Promise<void> {
  try {
    await tables.send(
      new PutItemCommand({
        TableName,
        Item: {
          orderId: { S: order.orderId },
          userId: { S: order.userId },
          itemName: { S: order.itemName },
          quantity: { N: String(order.quantity) },
          status: { S: order.status },
          timestamp: { S: order.timestamp },
        },
        ConditionExpression: 'attribute_not_exists(orderId)',
      }),
    );
    console.log(`stored order ${order.orderId}: ${order.quantity} × ${order.itemName}`);
  } catch (error) {
    if (!(error instanceof ConditionalCheckFailedException)) throw error;
    console.log(`order ${order.orderId} was stored before`);
  }
}
