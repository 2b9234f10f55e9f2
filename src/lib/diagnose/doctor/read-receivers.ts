import type { Aws } from '../../aws/clients.ts';
import { type QueueReceiver, readReceivers } from '../../aws/observer.ts';
import { pidOfClient } from './port-owner.ts';

/** Seconds of silence after which a receiver without a connection counts as gone. */
const GONE = 5;

/**
 * Who receives from which queue, as an engine tells it, without those who are gone; the processes of this machine by
 * their pid, whatever program they are.
 * @returns by queue ARN; undefined where no engine answers.
 */
export async function readPresentReceivers(
  aws: Aws,
): Promise<ReadonlyMap<string, readonly QueueReceiver[]> | undefined> {
  const found = await readReceivers(aws);
  if (found === undefined) return undefined;
  const here = isLoopback(aws.endpoint);
  const queues = [...found].map(async ([arn, receivers]) => {
    const present = receivers.filter(({ port, secondsAgo }) => port !== null || secondsAgo <= GONE);
    return [arn, await Promise.all(present.map((each) => withPid(each, here)))] as const;
  });
  return new Map(await Promise.all(queues));
}

async function withPid(receiver: QueueReceiver, here: boolean): Promise<QueueReceiver> {
  const { pid, port } = receiver;
  if (pid !== null || port === null || !here) return receiver;
  return { ...receiver, pid: (await pidOfClient(port)) ?? null };
}

function isLoopback(endpoint: string | undefined): boolean {
  return /^https?:\/\/(localhost|127\.0\.0\.1|\[::1\])([:/]|$)/.test(endpoint ?? '');
}
