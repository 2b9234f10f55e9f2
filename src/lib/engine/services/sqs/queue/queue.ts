import type { ResourcePolicy } from '../../../../rules/policy/index.ts';
import { Receivers } from '../receivers.ts';
import { type Group, groupHeap } from './group.ts';
import { type HeapItem, IndexedHeap } from './indexed-heap.ts';
import { type AgeEntry, arrivedBefore, type Figures, type Message } from './message.ts';
import { MessageTable } from './message-table.ts';
import type { Poller } from './pollers.ts';
import type { Tenant } from './tenant.ts';

/** `RedrivePolicy`, read. */
export interface RedrivePolicy {
  readonly deadLetterTargetArn: string;
  readonly maxReceiveCount: number;
}

/** `RedriveAllowPolicy`, read. */
export interface RedriveAllowPolicy {
  readonly redrivePermission: 'allowAll' | 'denyAll' | 'byQueue';
  readonly sourceQueueArns: readonly string[];
}

/** What a queue's attributes mean, read once when they are set. Times are in seconds, sizes in bytes. */
export interface QueueSettings {
  readonly delaySeconds: number;
  readonly maximumMessageSize: number;
  readonly retentionSeconds: number;
  readonly waitSeconds: number;
  readonly visibilitySeconds: number;
  readonly contentBasedDeduplication: boolean;
  readonly deduplicationPerGroup: boolean;
  readonly policy: ResourcePolicy | undefined;
  readonly redrive: RedrivePolicy | undefined;
  readonly redriveAllow: RedriveAllowPolicy | undefined;
}

/** What a FIFO queue remembers of a message for the deduplication interval. */
export interface DeduplicationRecord {
  readonly messageId: string;
  readonly sequenceNumber: string;
  /** When the message was accepted; ms since the epoch. */
  readonly at: number;
  readonly groupId: string | undefined;
  readonly deduplicationId: string;
}

/** What a receive with a `ReceiveRequestAttemptId` took. */
export interface ReceiveAttempt {
  readonly at: number;
  readonly messages: readonly Message[];
  readonly handles: readonly string[];
  readonly receiveCounts: readonly number[];
  dueAt: number;
}

/** A queue and all that is in it. */
export interface Queue extends HeapItem, Figures {
  /** Never used again for another queue, also not after a restart. */
  readonly id: number;
  readonly account: string;
  readonly region: string;
  readonly name: string;
  readonly arn: string;
  readonly fifo: boolean;
  /** Ms since the epoch. */
  readonly createdAt: number;
  modifiedAt: number;
  /** Attributes that were set, normalised; defaults are not among them. */
  attributes: Readonly<Record<string, string>>;
  settings: QueueSettings;
  readonly tags: Map<string, string>;
  deleted: boolean;
  /** Ms since the epoch; 0 when never purged. */
  purgedAt: number;
  /** Messages numbered below were purged. */
  purgedBelow: number;

  nextSeq: number;
  /** The last `SequenceNumber` given out, as a number. */
  lastSequence: number;
  table: MessageTable;
  /** Standard queues: messages numbered from here on, where ready, were never received. */
  cursor: number;
  /** Messages numbered below have gone or have an age entry. */
  oldest: number;
  /** The highest `sentAt` so far: a message that is older than one before it gets an age entry. */
  newestSentAt: number;
  /** Delayed and in-flight messages, soonest due first. */
  due: IndexedHeap<Message>;
  /** Standard queues: ready messages numbered below the cursor, oldest first. */
  returned: IndexedHeap<Message>;
  ages: IndexedHeap<AgeEntry>;
  /** FIFO queues: message groups with messages. */
  groups: Map<string, Group>;
  /** FIFO queues: groups that a receive may take from, in the order in which they are handed out. */
  available: IndexedHeap<Group>;
  /** How often a group was handed out. */
  groupTurns: number;
  /** Standard queues: message groups with messages. */
  tenants: Map<string, Tenant>;
  /** Standard queues: tenants of which messages were passed over. */
  held: Set<Tenant>;

  /** Waiting receives, the longest waiting first. */
  readonly pollers: Set<Poller>;
  readonly receivers: Receivers;
  readonly deduplication: Map<string, DeduplicationRecord>;
  readonly attempts: Map<string, ReceiveAttempt>;
  /** When the queue next needs a look: ms since the epoch, `Infinity` for never. */
  wakeAt: number;
}

/** What a new queue is made from. */
export interface QueueIdentity {
  readonly id: number;
  readonly account: string;
  readonly region: string;
  readonly name: string;
  readonly createdAt: number;
}

function dueBefore(a: Message, b: Message): boolean {
  return a.dueAt < b.dueAt || (a.dueAt === b.dueAt && a.seq < b.seq);
}

function olderThan(a: AgeEntry, b: AgeEntry): boolean {
  return a.sentAt < b.sentAt;
}

/** The parts of a queue that hold its messages, empty. */
export function emptyContents() {
  return {
    table: new MessageTable(),
    due: new IndexedHeap<Message>(dueBefore),
    returned: new IndexedHeap<Message>(arrivedBefore),
    ages: new IndexedHeap<AgeEntry>(olderThan),
    groups: new Map<string, Group>(),
    available: groupHeap(),
    groupTurns: 0,
    tenants: new Map<string, Tenant>(),
    held: new Set<Tenant>(),
    visible: 0,
    delayed: 0,
    inFlight: 0,
  };
}

/** An empty queue. */
export function createQueue(
  identity: QueueIdentity,
  attributes: Readonly<Record<string, string>>,
  settings: QueueSettings,
): Queue {
  const { id, account, region, name, createdAt } = identity;
  const contents = emptyContents();
  // Each property by its name: spread into an object of this many, V8 takes a hundred microseconds for it.
  return {
    id,
    account,
    region,
    name,
    arn: `arn:aws:sqs:${region}:${account}:${name}`,
    fifo: name.endsWith('.fifo'),
    createdAt,
    modifiedAt: createdAt,
    attributes,
    settings,
    tags: new Map(),
    deleted: false,
    purgedAt: 0,
    purgedBelow: 0,
    nextSeq: 1,
    lastSequence: 0,
    cursor: 0,
    oldest: 0,
    newestSentAt: 0,
    table: contents.table,
    due: contents.due,
    returned: contents.returned,
    ages: contents.ages,
    groups: contents.groups,
    available: contents.available,
    groupTurns: contents.groupTurns,
    tenants: contents.tenants,
    held: contents.held,
    visible: contents.visible,
    delayed: contents.delayed,
    inFlight: contents.inFlight,
    pollers: new Set(),
    receivers: new Receivers(),
    deduplication: new Map(),
    attempts: new Map(),
    wakeAt: Number.POSITIVE_INFINITY,
    heapIndex: -1,
  };
}
