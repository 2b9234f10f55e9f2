import { GetQueueUrlCommand, ReceiveMessageCommand } from '@aws-sdk/client-sqs';
import { expect, it } from 'vitest';
import { createPublisher } from '../../../src/library/publisher.ts';
import { setUpTopology } from '../../../src/library/set-up.ts';
import { defineTopology } from '../../../src/library/topology.ts';
import { isIndependent, uniquePrefix, useEndpoint } from '../../fixtures/endpoint.ts';

const endpoint = useEndpoint();

// Another implementation drops a raw delivery that has a Binary attribute.
it.skipIf(isIndependent)(
  'attributes of every type arrive, with those that the topology gives the type',
  async () => {
    const { url: endpointUrl, aws } = endpoint;
    const topology = defineTopology({
      name: uniquePrefix(),
      subscribers: { display: { rawDelivery: true } },
      events: {
        'weather.changed': {
          version: 2,
          attributes: { version: '{{ event_version }}', 'celsius:Number': '{{ data.celsius }}' },
        },
      },
    });
    await setUpTopology(topology, { endpointUrl });
    const publisher = createPublisher({ topology, endpointUrl });
    const attributes = { n: 5, list: ['a', 1], bytes: new Uint8Array([104, 105]), tier: 'gold' };
    await publisher.publish('weather.changed', { celsius: -3.5 }, { attributes });
    await publisher.publish('weather.changed', { fahrenheit: 50 }, { version: 1 });
    await expect(
      publisher.publish('weather.changed', {}, { attributes: { n: Number.NaN } }),
    ).rejects.toMatchObject({ code: 'InvalidAttribute' });
    await publisher.close();
    const [subscriber] = topology.subscribers;
    const { QueueUrl } = await aws.sqs.send(
      new GetQueueUrlCommand({ QueueName: subscriber?.queue ?? '' }),
    );
    const received: Record<string, unknown>[] = [];
    while (received.length < 2) {
      const { Messages = [] } = await aws.sqs.send(
        new ReceiveMessageCommand({
          QueueUrl,
          MaxNumberOfMessages: 10,
          WaitTimeSeconds: 5,
          MessageAttributeNames: ['All'],
        }),
      );
      received.push(...Messages.map(({ MessageAttributes = {} }) => MessageAttributes));
    }
    received.sort((one, other) => Object.keys(other).length - Object.keys(one).length);
    expect(received).toMatchObject([
      {
        event_type: { DataType: 'String', StringValue: 'weather.changed' },
        version: { DataType: 'String', StringValue: '2' },
        celsius: { DataType: 'Number', StringValue: '-3.5' },
        n: { DataType: 'Number', StringValue: '5' },
        list: { DataType: 'String.Array', StringValue: '["a",1]' },
        bytes: { DataType: 'Binary' },
        tier: { DataType: 'String', StringValue: 'gold' },
      },
      { version: { DataType: 'String', StringValue: '1' } },
    ]);
    expect(received[1]).not.toHaveProperty('celsius');
  },
);
