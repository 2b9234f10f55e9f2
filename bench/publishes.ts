import { PublishBatchCommand } from '@aws-sdk/client-sns';
import { createEventPublisher } from '../src/lib/publish/publisher.ts';
import { createOrderEvent, orderEventCodec, sampleOrder } from '../test/fixtures/orders.ts';
import { BATCH } from './calls.ts';
import { connect } from './clients.ts';
import { awsAt } from './drains.ts';

/** A topic to publish order events to. */
export interface PublishTask {
  readonly endpoint: string;
  readonly topicArn: string;
  readonly messages: number;
}

export type Publish = (task: PublishTask) => Promise<void>;

/** Batches in flight, as many as our publisher has. */
const FLIGHTS = 8;

function event(index: number) {
  return createOrderEvent('order.created', sampleOrder(index));
}

const ours: Publish = async ({ endpoint, topicArn, messages }) => {
  const aws = await awsAt(endpoint);
  function* items() {
    for (let index = 0; index < messages; index++) yield { event: event(index) };
  }
  const { published } = await createEventPublisher({
    aws,
    topicArn,
    writer: orderEventCodec,
  }).publish(items());
  if (published !== messages) throw new Error(`${published} published`);
  aws.close();
};

/** What one writes by hand; also the money, which a binary number would do for here. */
const bare: Publish = async ({ endpoint, topicArn, messages }) => {
  const { sns, close } = connect(endpoint);
  let next = 0;
  const flight = async (): Promise<void> => {
    while (next < messages) {
      const PublishBatchRequestEntries = [];
      for (let at = 0; at < BATCH && next < messages; at++) {
        const { total, ...rest } = event(next++);
        PublishBatchRequestEntries.push({
          Id: `${at}`,
          Message: JSON.stringify({ ...rest, total: Number(total) }),
          Subject: orderEventCodec.subject({ total, ...rest }),
          MessageAttributes: {
            event_type: { DataType: 'String', StringValue: rest.event_type },
          },
        });
      }
      const { Failed = [] } = await sns.send(
        new PublishBatchCommand({ TopicArn: topicArn, PublishBatchRequestEntries }),
      );
      if (Failed.length > 0) throw new Error('an entry failed');
    }
  };
  await Promise.all(Array.from({ length: FLIGHTS }, flight));
  close();
};

export const PUBLISHES = { pubsub: ours, 'bare SDK': bare } as const;
