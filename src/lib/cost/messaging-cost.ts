import { billedRequests } from '../rules/billing.ts';
import { GB_BYTES, type Priced } from '../rules/prices.ts';
import { type Consumption, MONTH_SECONDS } from './consumption.ts';
import { type CostLine, costLines, type LineParts, per, share, times } from './cost-line.ts';
import type { DeliveryLoad, SubscriberLoad, TopicLoad, Workload } from './workload.ts';

/** Below this share of polls without a message they are not worth a line. */
const MIN_EMPTY_SHARE = 0.0005;

/** What topics cost: publishing, filters on bodies, deliveries. */
export function topicLines({ topics, subscribers }: Workload): CostLine[] {
  const deliveries = subscribers.flatMap(({ spec, deliveries: own }) =>
    own.flatMap((delivery) => deliveryLines(spec.name, delivery)),
  );
  return [
    ...costLines(topics.flatMap(publishLines), 'topics'),
    ...costLines(deliveries, 'subscribers'),
  ];
}

function publishLines({ key, fifo, events, bytes }: TopicLoad): LineParts[] {
  const line = topicLine(key);
  if (!fifo) {
    const chunks = times(billedRequests(bytes), 'chunks of 64 KB');
    return [line('publish', 'snsPublish', [times(events, 'events'), chunks])];
  }
  return [
    line('publish', 'snsFifoPublish', [times(events, 'events')]),
    line('published data', 'snsFifoPublished', [times(events, 'events'), ...inGb(bytes)]),
  ];
}

function deliveryLines(
  subscriber: string,
  { topic, share: passing, bytes, filtersBody }: DeliveryLoad,
): LineParts[] {
  const line = topicLine(subscriber);
  const delivered = [times(topic.events, 'events'), share(passing, 'pass the filter')];
  const scanned = [times(topic.events, 'events'), ...inGb(topic.bytes)];
  return [
    ...(filtersBody ? [line('filters on bodies', 'snsBodyFilter', scanned)] : []),
    line('deliver', topic.fifo ? 'snsFifoDelivery' : 'snsDelivery', delivered),
    ...(topic.fifo
      ? [line('delivered data', 'snsFifoDelivered', [...delivered, ...inGb(bytes)])]
      : []),
  ];
}

const topicLine =
  (of: string) =>
  (what: string, priced: Priced, factors: LineParts['factors']): LineParts => ({
    part: 'topic',
    what,
    of,
    priced,
    factors,
  });

/** Bytes as the factors that make GB of them. */
export function inGb(bytes: number): LineParts['factors'] {
  return [times(bytes, 'bytes'), per(GB_BYTES, 'bytes a GB')];
}

/** What queues cost: requests of SNS, of whoever polls, and to delete what was handled. */
export function queueLines(
  subscribers: readonly { readonly load: SubscriberLoad; readonly consumption: Consumption }[],
): CostLine[] {
  return costLines(subscribers.flatMap(requestLines), 'queues');
}

function requestLines({
  load: { spec, messages, bytes },
  consumption: { receive, pollers, wait, empty },
}: {
  readonly load: SubscriberLoad;
  readonly consumption: Consumption;
}): LineParts[] {
  const line = (what: string, factors: LineParts['factors']): LineParts => ({
    part: 'queues',
    what,
    of: spec.name,
    priced: spec.fifo ? 'sqsFifoRequest' : 'sqsRequest',
    factors,
  });
  const all = times(messages, 'messages');
  const batch = per(receive, 'a batch');
  const chunks = (of: number) => times(billedRequests(of), 'chunks of 64 KB');
  const polls = [
    times(MONTH_SECONDS / wait, `waits of ${wait} s`),
    times(pollers, 'polls at once'),
    share(empty, 'end empty'),
  ];
  return [
    line('sent by SNS', [all, chunks(bytes)]),
    line('receive', [all, batch, chunks(bytes * receive)]),
    ...(empty < MIN_EMPTY_SHARE ? [] : [line('receive nothing', polls)]),
    line('delete', [all, batch]),
  ];
}
