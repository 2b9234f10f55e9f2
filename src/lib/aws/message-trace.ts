import type { BeginningId } from '../rules/message-log.ts';
import type { MessageEvent } from '../rules/message-trace.ts';
import type { KnownTrace } from '../rules/trace-span.ts';
import type { Aws } from './clients.ts';
import { observed } from './engine-paths.ts';
import { type HistoryLine, type HistoryMessage, historyMessage } from './topic-history.ts';

/** Ids in one request: a URL may be 16 KiB long. */
const IDS_AT_ONCE = 200;

/** What an engine knows of a message's way. */
export interface MessageWay {
  /** Milliseconds since the epoch, by the engine's clock. */
  readonly now: number;
  /** The time from which on the engine knows everything: it keeps the newest events only, and in memory. */
  readonly from: number;
  /** The oldest first; empty where the engine knows nothing of it. */
  readonly events: readonly MessageEvent[];
}

/**
 * Asks the endpoint what happened to a message (`GET /_pubsub/trace` of an embedded engine). Asks nobody on `aws`.
 * @param id in a topic or in a queue. @returns undefined where something else than an engine answers.
 */
export async function readMessageWay(aws: Aws, id: string): Promise<MessageWay | undefined> {
  const found = await observed(aws, `/_pubsub/trace?${new URLSearchParams({ id })}`);
  const { time, from, events } = (found ?? {}) as Record<string, unknown>;
  if (typeof time !== 'number' || typeof from !== 'number' || !Array.isArray(events)) {
    return undefined;
  }
  return { now: time, from, events: events as MessageEvent[] };
}

/**
 * Asks the endpoint for the ids that begin with a text (`GET /_pubsub/ids` of an embedded engine).
 * @param start 4 to 36 characters. @returns none where something else than an engine answers.
 */
export async function idsBeginning(aws: Aws, start: string): Promise<readonly BeginningId[]> {
  const { ids } = ((await observed(
    aws,
    `/_pubsub/ids?${new URLSearchParams({ beginning: start })}`,
  )) ?? {}) as { readonly ids?: readonly BeginningId[] };
  return Array.isArray(ids) ? ids : [];
}

/**
 * Asks the endpoint for a trace (`GET /_pubsub/spans` of an embedded engine).
 * @param id of the trace, or of a message that carries it. @returns undefined where nothing is known of it.
 */
export async function readSpans(aws: Aws, id: string): Promise<KnownTrace | undefined> {
  const found = await observed(aws, `/_pubsub/spans?${new URLSearchParams({ id })}`);
  const trace = (found ?? {}) as Partial<KnownTrace>;
  return typeof trace.traceId === 'string' ? (trace as KnownTrace) : undefined;
}

/** How far a published message came: subscriptions that its topic had, and queues that took it. */
export interface MessageReach {
  readonly subscriptions: number;
  readonly delivered: number;
}

/**
 * Asks the endpoint how many queues messages reached (`GET /_pubsub/reach` of an embedded engine).
 * @param ids in a topic. @returns by id; undefined where something else than an engine answers.
 */
export async function readReach(
  aws: Aws,
  ids: readonly string[],
): Promise<ReadonlyMap<string, MessageReach> | undefined> {
  const reached = new Map<string, MessageReach>();
  for (let at = 0; at < ids.length; at += IDS_AT_ONCE) {
    const query = ids.slice(at, at + IDS_AT_ONCE).join(',');
    const { messages } = ((await observed(aws, `/_pubsub/reach?ids=${query}`)) ?? {}) as {
      readonly messages?: readonly (MessageReach & { readonly messageId: string })[];
    };
    if (!Array.isArray(messages)) return undefined;
    for (const { messageId, ...reach } of messages) reached.set(messageId, reach);
  }
  return reached;
}

/** A published message and the topic that took it. */
export interface PublishedMessage extends HistoryMessage {
  readonly topicArn: string;
}

/**
 * Asks the endpoint for messages whose id or content has a text in it (`GET /_pubsub/published` of an embedded
 * engine), the oldest first.
 * @returns undefined where something else than an engine answers.
 */
export async function findPublished(
  aws: Aws,
  text: string,
): Promise<readonly PublishedMessage[] | undefined> {
  const found = await observed(
    aws,
    `/_pubsub/published?${new URLSearchParams({ containing: text })}`,
  );
  const { messages } = (found ?? {}) as {
    readonly messages?: readonly (HistoryLine & { readonly topicArn: string })[];
  };
  if (!Array.isArray(messages)) return undefined;
  const byId = new Map(
    messages.map((line) => [line.messageId, { ...historyMessage(line), topicArn: line.topicArn }]),
  );
  return [...byId.values()];
}
