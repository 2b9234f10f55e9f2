import type { MessageWay, PublishedMessage } from '../../aws/message-trace.ts';
import type { KeptReasons } from '../../consume/failure-reasons.ts';
import { readMessage } from '../../events/message.ts';
import type { MessageEvent } from '../../rules/message-trace.ts';
import { nameOfArn } from '../../rules/names.ts';
import { stepOf } from './steps.ts';
import type { MessageTrace, TraceBranch, TraceState, TraceStep } from './trace.ts';

/** What an engine's events are told with. */
export interface Known {
  /** What was published; undefined where the engine has it no more, or no topic took it. */
  readonly published: PublishedMessage | undefined;
  /** By queue name. */
  readonly reasons: ReadonlyMap<string, KeptReasons>;
  /** The subscriber whose queue it is, by queue name. */
  readonly subscribers: ReadonlyMap<string, string>;
}

/** Tells a message's way from what an engine knows: one branch for each queue. Pure. @param way with an event at least. */
export function buildTrace(id: string, { now, events }: MessageWay, known: Known): MessageTrace {
  const { published } = known;
  const at = events.find((event) => event.kind === 'published');
  const [first] = events;
  const event = published && readMessage({ ...published, text: published.body });
  const branches = branchesOf(events).map((branch) => buildBranch(branch, now, known));
  return {
    messageId: at?.messageId ?? first?.messageId ?? id,
    eventId: event?.eventId,
    eventType: event?.type,
    topicArn: at?.topicArn ?? published?.topicArn,
    publishedAt: at?.time ?? published?.time.getTime(),
    subscriptions: at?.subscriptions,
    repeatedAt: events.flatMap((event) => (event.kind === 'repeated' ? [event.time] : [])),
    branches,
  };
}

/** The events of one queue, and of the dead-letter queue behind it. */
interface BranchEvents {
  readonly queueArn: string;
  readonly events: MessageEvent[];
}

/** Sorts events by queue. What goes on under another id, or in a dead-letter queue, stays with the queue it came from. */
function branchesOf(events: readonly MessageEvent[]): BranchEvents[] {
  const branches = new Map<string, BranchEvents>();
  const byMessage = new Map<string, BranchEvents>();
  const byBody = new Map<number, BranchEvents>();
  const byFunction = new Map<string, BranchEvents>();
  const branchAt = (key: string, queueArn: string): BranchEvents => {
    const found = branches.get(key) ?? { queueArn, events: [] };
    branches.set(key, found);
    return found;
  };
  for (const event of events) {
    if (event.kind === 'published' || event.kind === 'repeated') continue;
    const { messageId } = event;
    const queueArn = endOf(event);
    let branch: BranchEvents | undefined;
    if ('subscriptionArn' in event) branch = branchAt(event.subscriptionArn, queueArn);
    else if (queueArn.includes(':function:')) branch = byFunction.get(queueArn);
    else if (event.kind === 'sent') branch = byBody.get(event.bodyDigest);
    else branch = byMessage.get(messageId);
    branch ??= branchAt(queueArn, queueArn);
    branch.events.push(event);
    if (event.kind === 'invoked') byFunction.set(queueArn, branch);
    else if (event.kind !== 'filtered' && event.kind !== 'refused') {
      byMessage.set(messageId, branch);
    }
    if (event.kind === 'moved') byMessage.set(event.newMessageId, branch);
    if (event.kind === 'dead-lettered') byBody.set(event.bodyDigest, branch);
  }
  return [...branches.values()];
}

/** The queue that an event is about; the function where the topic has one subscribed. */
function endOf(event: Exclude<MessageEvent, { kind: 'published' | 'repeated' }>): string {
  if ('queueArn' in event && event.queueArn !== undefined) return event.queueArn;
  return 'functionArn' in event ? event.functionArn : '';
}

function buildBranch({ queueArn, events }: BranchEvents, now: number, known: Known): TraceBranch {
  const queue = nameOfArn(queueArn);
  const fate = fateOf(events, now);
  return {
    queueArn,
    queue,
    subscriber: known.subscribers.get(queue),
    ...fate,
    steps: events.flatMap((event) => [stepOf(event, known.published), ...failures(event, known)]),
  };
}

/** Why a consumer of this machine failed at a receive, where it said so. */
function failures(event: MessageEvent, { reasons }: Known): TraceStep[] {
  if (event.kind !== 'received') return [];
  const kept = reasons.get(nameOfArn(event.queueArn))?.all(event.messageId) ?? [];
  return kept
    .filter(({ receiveCount }) => receiveCount === event.receiveCount)
    .map(({ reason, time }) => ({
      time: Date.parse(time),
      what: 'failed',
      words: `failed: ${reason.trim()}`,
    }));
}

type Fate = Pick<TraceBranch, 'state' | 'deadLetterQueue' | 'hiddenUntil'>;

/** What the message is now: the last thing that happened to the newest of its copies decides. */
function fateOf(events: readonly MessageEvent[], now: number): Fate {
  let current: string | undefined;
  let deadLetterQueue: string | undefined;
  let isUnmatched = false;
  let fate: Fate = { state: 'waiting', deadLetterQueue: undefined, hiddenUntil: undefined };
  const become = (state: TraceState, hiddenUntil?: number): void => {
    const isGone = state === 'removed' || state === 'expired';
    fate = { state: deadLetterQueue && !isGone ? 'dead' : state, deadLetterQueue, hiddenUntil };
  };
  for (const event of events) {
    if (event.kind === 'delivered' || event.kind === 'sent' || event.kind === 'invoked') {
      current = event.messageId;
      deadLetterQueue = undefined;
      isUnmatched = false;
      become('waiting');
    } else if (event.kind === 'unmatched') isUnmatched = true;
    else if (event.kind === 'handled' || event.kind === 'failed') {
      // What a function did with a queue's message shows in the queue next.
      if (event.queueArn === undefined) become(event.kind === 'handled' ? 'handled' : 'waiting');
    } else if (event.kind === 'filtered') become('filtered');
    else if (event.kind === 'refused') {
      deadLetterQueue = event.deadLetterArn && nameOfArn(event.deadLetterArn);
      become('refused');
    } else if (current === undefined || event.messageId === current) {
      if (event.kind === 'dead-lettered') deadLetterQueue = nameOfArn(event.deadLetterArn);
      if (event.kind === 'moved') {
        current = event.newMessageId;
        deadLetterQueue = undefined;
      }
      const [state, until] = after(event, now, deadLetterQueue !== undefined);
      become(isUnmatched && state === 'handled' ? 'filtered' : state, until);
    }
  }
  return fate;
}

function after(event: MessageEvent, now: number, isDead: boolean): [TraceState, number?] {
  switch (event.kind) {
    case 'received':
    case 'hidden':
      return event.hiddenUntil > now ? ['hidden', event.hiddenUntil] : ['waiting'];
    case 'deleted':
      return event.by === 'consumer' && !isDead ? ['handled'] : ['removed'];
    case 'expired':
      return ['expired'];
    default:
      return ['waiting'];
  }
}
