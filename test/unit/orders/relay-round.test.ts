import { expect, it } from 'vitest';
import type { ClaimedEvent } from '../../../src/lib/outbox/outbox.ts';
import { publishClaim } from '../../../src/lib/outbox/relay-round.ts';
import type { Publisher, PublishItem } from '../../../src/lib/publish/publisher.ts';
import { emptyOutbox } from './empty-outbox.ts';

const EVENT = { key: '7', eventType: 'order.created', payload: '{}', attempts: 0, ageSeconds: 0 };
const claim = {
  events: [
    { ...EVENT, id: '1', eventId: 'a', traceparent: '00-trace-01' },
    { ...EVENT, id: '2', eventId: 'b', traceparent: null },
  ],
  lease: 'l',
};
const publish = (publisher: Publisher<ClaimedEvent>) =>
  publishClaim(emptyOutbox().database, publisher, claim, {
    leaseSeconds: 15,
    signal: new AbortController().signal,
  });

it('publishes events with the traces that they belong to', async () => {
  const given: PublishItem<ClaimedEvent>[] = [];
  await publish({
    publish: async (items) => {
      for await (const item of items) given.push(item);
      return { published: 2, failed: 0, fatal: undefined };
    },
  });
  expect(given).toEqual([
    { event: claim.events[0], parent: '00-trace-01' },
    { event: claim.events[1] },
  ]);
});

it.each([new Error('broken'), 'broken'])('gives all of a claim back after %s', async (thrown) => {
  const {
    delivered,
    stranded,
    fatal,
    claim: held,
  } = await publish({
    publish: () => Promise.reject(thrown),
  });
  expect([delivered, stranded, fatal, held]).toEqual([
    [],
    claim.events,
    new Error('broken'),
    claim,
  ]);
});
