import type { QueueFacts } from '../../ports.ts';
import { queueByArn, type SqsState } from './state.ts';

/** What other services may know of a queue; undefined where there is none of that ARN. */
export function queueFacts(state: SqsState, queueArn: string): QueueFacts | undefined {
  const queue = queueByArn(state, queueArn);
  if (queue === undefined) return undefined;
  const { account, name, fifo, settings } = queue;
  return { path: `/${account}/${name}`, fifo, visibilityTimeout: settings.visibilitySeconds };
}
