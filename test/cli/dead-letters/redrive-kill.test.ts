import { expect, it } from 'vitest';
import { depthOf, receiveEverything, sendAll } from '../../contract/dead-letters/dead-letters.ts';
import { uniquePrefix, useEndpoint } from '../../fixtures/endpoint.ts';
import { openGateway } from '../../fixtures/gateway.ts';
import { createOrderEvent, sampleOrder, serializeOrderEvent } from '../../fixtures/orders.ts';
import { usePubsub } from '../../fixtures/pubsub.ts';
import { fanOutAt, newPlace, subscriber, urlOf } from '../../fixtures/topology.ts';

const endpoint = useEndpoint();
const pubsub = usePubsub();

it.each([2, 5, 9])('pubsub dlq redrive goes on after a kill -9 at write %i', async (fatal) => {
  const prefix = uniquePrefix();
  const place = await newPlace(endpoint, prefix);
  await fanOutAt(place);
  const { queue, dlq } = subscriber(place);
  const [queueUrl, dlqUrl] = [await urlOf(place, queue), await urlOf(place, dlq)];
  const sent = Array.from({ length: 60 }, (_, index) =>
    createOrderEvent(index % 2 === 0 ? 'order.created' : 'order.updated', sampleOrder(index)),
  );
  await sendAll(
    endpoint,
    dlqUrl,
    sent.map((event) => ({ body: serializeOrderEvent(event) })),
  );
  let kill = (): void => {};
  const gateway = await openGateway(endpoint.url, (_action, number) => {
    if (number === fatal) kill();
    return undefined;
  });
  const args = ['dlq', 'redrive', 'email', '--max', '1000', '--prefix', prefix];
  const killed = pubsub.spawn([...args, '--endpoint-url', gateway.url]);
  kill = () => killed.child.kill('SIGKILL');
  expect((await killed.finished).code).toBeNull();
  await gateway.close();

  // What the killed one held is visible again.
  await endpoint.engine.advance('31s');
  const { code } = await pubsub.run([...args, '--endpoint-url', endpoint.url]);

  expect(code).toBe(0);
  expect(await depthOf(endpoint.aws, dlqUrl)).toEqual({ visible: 0, hidden: 0 });
  const received = await receiveEverything(endpoint.aws, queueUrl);
  const ids = received.map(({ Body }) => JSON.parse(Body ?? '').event_id as string);
  expect(new Set(ids)).toEqual(new Set(sent.map(({ event_id }) => event_id)));
  expect(ids.length).toBeLessThanOrEqual(sent.length + 40);
});
