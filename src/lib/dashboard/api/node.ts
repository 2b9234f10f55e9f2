import type { GraphNode } from './overview.ts';

/** `GET node/:id` (the id of the overview, percent-encoded): everything that is known of one node. */
export interface NodeDetail {
  readonly node: GraphNode;
  /** In alphabetical order. Values are text as the service gives them. */
  readonly attributes: readonly { readonly name: string; readonly value: string }[];
  /** The resource's policy as indented JSON text; null for none. */
  readonly policy: string | null;
  /** Null where they may not be read. */
  readonly tags: readonly { readonly name: string; readonly value: string }[] | null;
  /** Who received in the last minute; null where that can't be known, and for what isn't a queue. */
  readonly receivers: readonly ReceiverView[] | null;
  /** Command lines that show or change it. */
  readonly commands: readonly { readonly label: string; readonly command: string }[];
  /** What can't be known, in sentences. */
  readonly remarks: readonly string[];
}

/** A client that receives. */
export interface ReceiverView {
  /** Such as `pubsub-subscriber/email` or `aws-sdk-js/3.1090.0`. */
  readonly client: string;
  /** The process; known of our own only. */
  readonly pid: number | null;
  /** `ReceiveMessage` calls of the last minute. */
  readonly receives: number;
  readonly messages: number;
  readonly secondsAgo: number;
}
