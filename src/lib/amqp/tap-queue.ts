import { randomBytes } from 'node:crypto';
import type { Channel } from 'amqplib';
import { temporaryName } from '../definition/temporary.ts';
import type { Topology } from '../definition/topology.ts';
import { BrokerQueue } from './broker-queue.ts';
import type { Session } from './session.ts';

/** Seconds for which a tap's messages are handed out. */
const VISIBILITY_SECONDS = 30;
/** Messages that a tap's queue keeps for a reader that stands still; the oldest go first. */
const MAX_LENGTH = 100_000;

/**
 * A queue of one's own behind an exchange: everybody else gets what they got before. It is exclusive, so that the broker
 * removes it when the connection ends, however it ends, and made anew where that comes back. It isn't auto-delete: each
 * receive is a consumer, and the queue would go with the first.
 */
export class TapQueue extends BrokerQueue {
  private readonly topology: Topology;
  private readonly exchange: string;
  private readonly keys: readonly string[];

  /** @param keys by which it is bound. */
  constructor(session: Session, topology: Topology, exchange: string, keys: readonly string[]) {
    super(session, nameOf(topology), VISIBILITY_SECONDS);
    this.topology = topology;
    this.exchange = exchange;
    this.keys = keys;
  }

  protected override async prepare(channel: Channel): Promise<void> {
    // The one of a connection that was lost may be there, and locked, until the broker notices the loss.
    this.name = nameOf(this.topology);
    await channel.assertQueue(this.name, {
      exclusive: true,
      durable: false,
      arguments: { 'x-max-length': MAX_LENGTH },
    });
    for (const key of this.keys) await channel.bindQueue(this.name, this.exchange, key);
  }
}

function nameOf(topology: Topology): string {
  return temporaryName(topology, 'tap', { id: randomBytes(4).toString('hex'), fifo: false });
}
