import type { Style } from '../definition/styles.ts';

/** `computed`: from the template, and from prices of AWS. `measured`: on the local engine, on this machine. */
export type FigureSource = 'computed' | 'measured';

/** A row of a comparison. */
export interface Figure {
  /** Stable, such as `requestP50Ms`. */
  readonly id: string;
  /** In a few words. */
  readonly label: string;
  readonly unit: 'count' | 'dollars' | 'seconds' | 'milliseconds' | 'per-second' | 'mb' | 'words';
  readonly source: FigureSource;
  /** By style; null for what a style doesn't have, or what can't be told. */
  readonly values: Readonly<Partial<Record<Style, number | string | null>>>;
}

/** What became of the orders that a style was measured with. */
export interface OrderCounts {
  readonly posted: number;
  /** Accepted by the order API, or by the topic. */
  readonly accepted: number;
  /** Events that the topic got of them. */
  readonly published: number;
  /** Messages for subscribers that have a handler. */
  readonly deliveries: number;
  readonly handled: number;
  /** Of those that were not handled. */
  readonly deadLettered: number;
  /** Orders without an event, and messages that were not delivered or not handled. */
  readonly missing: number;
}

/** A style beside the others. */
export interface ComparedStyle {
  readonly style: Style;
  /** For whom it is, in a line. */
  readonly finding: string;
  /** Sentences, with figures of the template. */
  readonly scaling: string;
  readonly coldStarts: string;
  readonly control: string;
  /** Null where nothing was measured. */
  readonly orders: OrderCounts | null;
  /** What was refused first, in words; null where nothing was. */
  readonly refusal: string | null;
}

/** The machine that something was measured on. */
export interface Machine {
  readonly cpus: number;
  readonly memoryMb: number;
  /** Processes that were at work or waited for a processor, in the minute before; null where the system doesn't tell. */
  readonly load: number | null;
  readonly node: string;
  readonly system: string;
}

/** Styles beside each other: the document of `pubsub deploy compare --json`, and of the page. */
export interface Comparison {
  readonly topology: string;
  /** ISO 8601. */
  readonly time: string;
  /** False where a style lost an order. */
  readonly ok: boolean;
  /** A month, for what is computed. */
  readonly events: number;
  /** What was measured with; null where nothing was. */
  readonly load: {
    readonly orders: number;
    readonly atOnce: number;
    readonly through: 'order-api' | 'topic';
  } | null;
  readonly machine: Machine | null;
  readonly styles: readonly ComparedStyle[];
  readonly figures: readonly Figure[];
  /** What can't be compared, and why: sentences. */
  readonly notCompared: readonly string[];
}
