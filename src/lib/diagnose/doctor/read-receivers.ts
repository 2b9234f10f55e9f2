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
  const enginePort = loopbackPort(aws.endpoint);
  const queues = [...found].map(async ([arn, receivers]) => {
    const present = receivers.filter(({ port, secondsAgo }) => port !== null || secondsAgo <= GONE);
    return [arn, await Promise.all(present.map((each) => withPid(each, enginePort)))] as const;
  });
  return new Map(await Promise.all(queues));
}

async function withPid(
  receiver: QueueReceiver,
  enginePort: number | undefined,
): Promise<QueueReceiver> {
  const { pid, port } = receiver;
  if (pid !== null || port === null || enginePort === undefined) return receiver;
  return { ...receiver, pid: (await pidOfClient(port, enginePort)) ?? null };
}

/** The port of an endpoint of this machine; undefined of any other. */
function loopbackPort(endpoint = ''): number | undefined {
  const { groups } =
    /^http(?<tls>s)?:\/\/(localhost|127\.0\.0\.1|\[::1\])(:(?<port>\d+))?([/]|$)/.exec(endpoint) ??
    {};
  if (groups === undefined) return undefined;
  return Number(groups.port ?? (groups.tls ? 443 : 80));
}
