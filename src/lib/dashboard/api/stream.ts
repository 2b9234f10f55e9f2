import type { MessageRow } from './messages.ts';
import type { NodeFigures } from './overview.ts';

/**
 * `GET stream`: server-sent events, one stream a tab. Read it with `fetch` where reading needs the token: `EventSource`
 * can send no header. Each event has an `id:`; send the last one as `Last-Event-ID` to go on after it. A comment comes
 * at least every 15 s. `event:` is one of the names below, `data:` one JSON document of that type. At most 20 frames a
 * second come, fewer where nothing happens, and a reader that doesn't keep up gets fewer and bigger ones with `skipped`.
 */
export interface StreamEvents {
  readonly frame: StreamFrame;
  /** The target answers, or doesn't any more. The first event of each stream. */
  readonly state: StreamState;
  /** Topics, queues, subscriptions or policies changed: get the overview anew. */
  readonly changed: { readonly time: number };
  /** What a running `pubsub demo --ui` shows. */
  readonly demo: DemoCaption;
}

/** Whether the target is there. */
export interface StreamState {
  readonly state: 'connected' | 'gone';
  /** A sentence; null while connected. */
  readonly reason: string | null;
  /** Tells this start of the engine from others: when it changes, what is on the page is of the past. */
  readonly instance: string;
}

/** What happened since the last frame. */
export interface StreamFrame {
  /** By the target's clock, in milliseconds since the epoch. */
  readonly time: number;
  /** Messages that are new, or to which something happened; at most 200, the newest. Rows replace those of their id. */
  readonly messages: readonly MessageRow[];
  /** Edges that messages passed, or at which they were stopped. */
  readonly edges: readonly EdgeTraffic[];
  /** Figures of the nodes whose figures changed. They come about once a second; every 10 s on AWS. */
  readonly nodes: readonly NodeFigures[];
  /** What happened in this frame, the newest at most 200, for lists of events. */
  readonly events: readonly TraceView[];
  /** Events of messages that were left out since the last frame, because there were too many. */
  readonly skipped: number;
}

/** What passed an edge since the last frame. */
export interface EdgeTraffic {
  /** The edge's id. */
  readonly id: string;
  /** Of a subscription: messages that it delivered, filtered, refused. Of a `redrive`: dead letters. Of a `mapping`: received. */
  readonly passed: number;
  readonly filtered: number;
  readonly refused: number;
  /** The clause or reason of the last that was stopped. */
  readonly reason: string | null;
}

/** One thing that happened to a message. */
export interface TraceView {
  /** Milliseconds since the epoch. */
  readonly time: number;
  /** As `MessageStep.what`. */
  readonly what: string;
  /** The row that it belongs to. */
  readonly messageId: string;
  /** The node where it happened: a topic's or a queue's id. */
  readonly node: string;
  /** As `MessageStep.words`. */
  readonly words: string;
}

/** A step of the demo. */
export interface DemoCaption {
  /** From 1; 0 before the first. */
  readonly step: number;
  readonly steps: number;
  readonly title: string;
  /** `waiting`: for a key in the terminal, as `--step` says. */
  readonly state: 'waiting' | 'running' | 'done' | 'failed';
}
