import type { FoundStored } from '../transport/transport.ts';
import type { Management } from './management.ts';
import type { FoundQueue } from './observed.ts';
import type { Session } from './session.ts';
import { StoredBrokerQueue } from './stored-broker-queue.ts';
import { DLQ_DELIVERY_LIMIT } from './wanted.ts';

/** The delivery limit of quorum queues that have none said, from RabbitMQ 4.0 on ("Quorum Queues", Poison Message Handling). */
const DEFAULT_LIMIT = 20;

/** Finds a queue to look into. @throws AppError as `Management` does. */
export async function findStored(
  session: Session,
  management: Management,
  name: string,
): Promise<FoundStored | undefined> {
  const queue = new StoredBrokerQueue(session, name);
  if (!(await queue.exists())) return undefined;
  const [depth, found] = await Promise.all([
    queue.depth(),
    management.get<FoundQueue>(['queues', name]),
  ]);
  const limit = found && (await deliveryLimit(session, found));
  return {
    queue,
    ...depth,
    sqs: undefined,
    limit:
      limit === undefined
        ? undefined
        : {
            by: 'a delivery limit',
            receives: limit + 1,
            outcome: 'RabbitMQ drops its messages, or moves them on',
          },
  };
}

/** How often a queue delivers a message anew; undefined for any number of times. */
async function deliveryLimit(
  session: Session,
  { type, arguments: own, effective_policy_definition: policy }: FoundQueue,
): Promise<number | undefined> {
  if (type !== 'quorum') return undefined;
  const said = [own['x-delivery-limit'], policy?.['delivery-limit']].filter(
    (limit) => typeof limit === 'number',
  );
  if (said.length > 0) {
    const least = Math.min(...said);
    return least < 0 || least >= DLQ_DELIVERY_LIMIT ? undefined : least;
  }
  return (await session.majorVersion()) >= 4 ? DEFAULT_LIMIT : undefined;
}
