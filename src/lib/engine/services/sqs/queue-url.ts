import type { SqsContext } from './context.ts';
import { invalidAddress, queueDoesNotExist } from './errors.ts';
import type { Queue } from './queue/queue.ts';
import { settle } from './queue/settle.ts';
import { parseQueueAddress } from './queue-address.ts';
import { queueKey } from './state.ts';

/** A queue's URL as the client that asks has to address it. */
export function queueUrl(ctx: SqsContext, queue: { account: string; name: string }): string {
  return `${ctx.baseUrl}/${queue.account}/${queue.name}`;
}

/**
 * The queue that a URL, its path or a name addresses, brought up to the present. Only a host that names a region
 * matters, so that URLs stay good when the engine gets another port; else the region is the signature's.
 *
 * @throws ServiceError InvalidAddress, QueueDoesNotExist
 */
export function findQueue(ctx: SqsContext, url: string): Queue {
  const address = parseQueueAddress(url);
  if (address === undefined) throw invalidAddress(url);
  const { account = ctx.account, region = ctx.region, name } = address;
  const queue = ctx.state.queues.get(queueKey(account, region, name));
  if (queue === undefined) throw queueDoesNotExist();
  settle(ctx.state, queue, ctx.clock.now());
  return queue;
}
