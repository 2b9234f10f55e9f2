import type { SubscriberSpec, TopicSpec } from '../definition/topology.ts';
import { AppError } from '../rules/errors.ts';
import type { BrokerTap, TapRequest } from '../transport/transport.ts';
import { exchangeNotFound, REPLY, replyCode } from './errors.ts';
import type { Management } from './management.ts';
import { readBindings } from './observed.ts';
import { routingOf } from './routing.ts';
import type { Session } from './session.ts';
import { TapQueue } from './tap-queue.ts';

/**
 * Binds a tap's queue to a topic's exchange: by the bindings that a subscriber's queue really has, by a filter as far as
 * it is one for a binding, or by everything.
 * @throws AppError `TopicNotFound`, `NotSubscribed`, `AccessDenied` (exit 4).
 */
export async function openTap(
  session: Session,
  management: Management,
  { topology, topic, subscriber, policy }: TapRequest,
): Promise<BrokerTap> {
  await assertExchange(session, topic);
  const routing =
    policy && routingOf({ filterPolicy: policy.filterPolicy, filterPolicyScope: policy.scope });
  const keys =
    subscriber === undefined
      ? (routing?.keys ?? ['#'])
      : await boundKeys(management, topic, subscriber);
  const queue = new TapQueue(session, topology, topic.name, keys);
  await queue.exists();
  return { queue, keys };
}

async function assertExchange(session: Session, { name }: TopicSpec): Promise<void> {
  const channel = await session.channel();
  try {
    await channel.checkExchange(name);
    await channel.close();
  } catch (error) {
    if (replyCode(error) === REPLY.notFound) throw exchangeNotFound(name);
    throw error;
  }
}

async function boundKeys(
  management: Management,
  topic: TopicSpec,
  { name, queue }: SubscriberSpec,
): Promise<string[]> {
  const bindings = await readBindings(management, queue);
  const keys = (bindings ?? []).flatMap(({ source, routing_key }) =>
    source === topic.name ? [routing_key] : [],
  );
  if (keys.length > 0) return keys;
  throw new AppError({
    code: 'NotSubscribed',
    message: `${name} gets nothing: queue "${queue}" is not bound to the exchange "${topic.name}".`,
    hint: 'Fix it with: pubsub setup',
  });
}
