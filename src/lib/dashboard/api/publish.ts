import type { MessageAttribute } from './text.ts';

/** `GET events`: what may be published. */
export interface EventCatalogue {
  readonly topics: readonly {
    readonly key: string;
    readonly name: string;
    readonly fifo: boolean;
  }[];
  /** Empty where the topology has no catalogue: any JSON object may be published then, with a type of one's own. */
  readonly events: readonly EventView[];
}

/** An event type of the catalogue. */
export interface EventView {
  readonly type: string;
  /** The key of the topic that it goes to. */
  readonly topic: string;
  readonly version: number;
  /** JSON Schema of the fields; null for none. */
  readonly schema: Readonly<Record<string, unknown>> | boolean | null;
  /** A sample of the fields, as indented JSON text. Numbers are to the letter: don't parse and print them again. */
  readonly sample: string;
  /** Attributes that the sample is published with. */
  readonly attributes: readonly MessageAttribute[];
}

/** `POST explain` and `POST publish`: an event. */
export interface EventRequest {
  /** The key of a topic; the type's own unless given. */
  readonly topic?: string;
  /** Event type; needed. */
  readonly type: string;
  /** The fields as JSON text, as typed; the rest comes from the sample. */
  readonly data: string;
  /** Further attributes, or other values of those that there are. */
  readonly attributes?: readonly MessageAttribute[];
}

/** `POST explain`: who would get the event. Changes nothing. */
export interface ExplainView {
  /** The message as it would be published. */
  readonly body: string;
  readonly attributes: readonly MessageAttribute[];
  readonly verdicts: readonly VerdictView[];
  /** Whether what is on the target was asked, or the topology alone. */
  readonly judgedBy: 'target' | 'file';
  /** The command line that says the same. */
  readonly command: string;
}

/** Whether an event reaches a subscriber's queue. */
export interface VerdictView {
  readonly subscriber: string;
  readonly delivered: boolean;
  /** Whether the subscription filters at all. */
  readonly filtered: boolean;
  /** Everything that stops it. */
  readonly obstacles: readonly {
    /** `filter policy`, `raw delivery`, or a hop such as `subscription` or `queue policy`. */
    readonly by: string;
    /** Of a filter policy, as JSON text. */
    readonly clause: string | null;
    readonly words: string;
    readonly hint: string | null;
  }[];
  /** What can't be told, in sentences: then it counts as not delivered. */
  readonly unknown: readonly string[];
}

/** `POST publish`. */
export interface PublishRequest extends EventRequest {
  /** True: answers the command line and checks the event, and publishes nothing. */
  readonly dryRun: boolean;
}

/** `POST publish`: what was published. */
export interface PublishView {
  readonly dryRun: boolean;
  /** Null in a dry run. */
  readonly messageId: string | null;
  readonly eventId: string | null;
  readonly topicArn: string;
  readonly command: string;
}
