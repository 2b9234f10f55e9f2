import type { SqsContext } from './context.ts';
import { invalidAddress, queueDoesNotExist } from './errors.ts';
import type { Queue } from './queue/queue.ts';
import { settle } from './queue/settle.ts';
import { queueKey } from './state.ts';

/** A queue's URL as the client that asks has to address it. */
export function queueUrl(ctx: SqsContext, queue: { account: string; name: string }): string {
  return `${ctx.baseUrl}/${queue.account}/${queue.name}`;
}

/**
 * The queue that a URL or path ending in `/<account>/<name>` addresses, brought up to the present. The host part
 * doesn't matter, so that URLs stay good when the engine gets another port.
 *
 * @throws ServiceError InvalidAddress, QueueDoesNotExist
 */
export function findQueue(ctx: SqsContext, url: string): Queue {
  const end = url.endsWith('/') ? url.length - 1 : url.length;
  const name = url.lastIndexOf('/', end - 1);
  const account = url.lastIndexOf('/', name - 1);
  if (name < 1 || account < 0) throw invalidAddress(url);
  const { state: sqs, clock } = ctx;
  const key = queueKey(url.slice(account + 1, name), ctx.region, url.slice(name + 1, end));
  const queue = sqs.queues.get(key);
  if (queue === undefined) throw queueDoesNotExist();
  settle(sqs, queue, clock.now());
  return queue;
}
