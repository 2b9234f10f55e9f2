import { type ClientName, clientName } from '../../rules/client-name.ts';
import type { Clock } from '../clock.ts';
import type { Engine } from '../engine.ts';
import { RECEIVERS_WINDOW, type Receivers } from '../services/sqs/receivers.ts';

/** Who received from a queue in the last minute. */
export interface QueueReceivers {
  readonly queueArn: string;
  /** Those heard of last before the others. */
  readonly receivers: readonly Receiver[];
}

interface Receiver extends ClientName {
  /** `ReceiveMessage` calls that began in the last minute, empty ones included. */
  readonly receives: number;
  /** Messages that they were given. */
  readonly messages: number;
  /** When the last call began, or was given messages; milliseconds since the epoch. */
  readonly lastAt: number;
  /** The client's port, while the connection of its last call is open; else null. */
  readonly port: number | null;
}

/** The receivers of every queue that has some, and the engine's time that they hold for. */
export function queueReceivers({ clock, sqs }: Engine): {
  readonly time: number;
  readonly seconds: number;
  readonly queues: readonly QueueReceivers[];
} {
  const time = clock.now();
  const queues: QueueReceivers[] = [];
  for (const { arn, receivers } of sqs.queues.values()) {
    const found = receiversOf(receivers, clock, time);
    if (found.length > 0) queues.push({ queueArn: arn, receivers: found });
  }
  return { time: clock.timestamp(time), seconds: RECEIVERS_WINDOW / 1000, queues };
}

/** One client may send several `User-Agent`s: SDKs write into them what a call makes use of. */
function receiversOf(receivers: Receivers, clock: Clock, time: number): Receiver[] {
  const found = new Map<string, Receiver>();
  for (const [userAgent, tally] of receivers.entries()) {
    const { receives, messages } = tally.counts(time);
    if (receives === 0 && messages === 0) continue;
    const { client, pid } = clientName(userAgent);
    const key = `${client}#${pid}`;
    const before = found.get(key);
    found.set(key, {
      client,
      pid,
      receives: receives + (before?.receives ?? 0),
      messages: messages + (before?.messages ?? 0),
      lastAt: Math.max(clock.timestamp(tally.lastAt), before?.lastAt ?? 0),
      port: tally.port ?? before?.port ?? null,
    });
  }
  return [...found.values()].sort((a, b) => b.lastAt - a.lastAt);
}
