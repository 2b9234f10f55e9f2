import type { EngineParts } from '../../parts.ts';
import type { FunctionPort, KeyPort, QueuePort } from '../../ports.ts';
import type { Archive } from './archive.ts';
import type { Deduplication } from './deduplication.ts';
import type { HttpDeliveries } from './delivery/http/deliveries.ts';
import type { Signer } from './delivery/signer.ts';
import type { DeliverySink } from './delivery/sink.ts';
import type { History } from './history.ts';
import type { PlatformState } from './platform/state.ts';
import type { Repeats } from './repeats.ts';
import type { Subscription, Topic } from './topic.ts';

/** The other services, as far as topics need them. */
export interface SnsPorts {
  readonly queues: QueuePort;
  readonly keys: KeyPort;
  readonly functions: FunctionPort;
}

/** Everything SNS keeps. ARNs hold account and region, so that one of each map serves all of them. */
export interface SnsState extends SnsPorts {
  readonly parts: EngineParts;
  readonly topics: Map<string, Topic>;
  /** Those of deleted topics too, for as long as they linger. */
  readonly subscriptions: Map<string, Subscription>;
  /** Subscriptions by the token that confirms them. */
  readonly tokens: Map<string, Subscription>;
  /** Subscriptions of deleted topics, those deleted first before the others. */
  readonly orphans: Set<Subscription>;
  /** Recently published messages of FIFO topics. */
  readonly deduplication: Deduplication;
  readonly signer: Signer;
  readonly history: History;
  readonly repeats: Repeats;
  readonly archive: Archive;
  /** What went to anything but queues. */
  readonly sink: DeliverySink;
  readonly http: HttpDeliveries;
  readonly platform: PlatformState;
  /** Subscriptions of HTTP endpoints that ended, by the token that restores them. */
  readonly withdrawn: Map<string, Subscription>;
  /** The serial that the next topic or subscription gets. */
  nextSerial: number;
}
