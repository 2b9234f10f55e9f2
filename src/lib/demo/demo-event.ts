import type { LogLine } from '../functions/log-lines.ts';

/** What happens in a demo, in the order in which it happens. */
export type DemoEvent =
  | { readonly kind: 'opening'; readonly viaApi: boolean }
  | {
      readonly kind: 'step';
      readonly number: number;
      readonly of: number;
      readonly title: string;
      /** What is to be seen, in one line. */
      readonly why: string;
    }
  | { readonly kind: 'provisioned'; readonly counts: Readonly<Record<string, number>> }
  | {
      readonly kind: 'listening';
      readonly subscriber: string;
      readonly queue: string;
      /** The function that takes from the queue, where one does. */
      readonly function?: string;
    }
  | {
      readonly kind: 'published';
      readonly type: string;
      /** The event's further fields, a JSON object. */
      readonly fields: string;
      readonly attributes: Readonly<Record<string, string>>;
      /** The subscribers that don't get it, because their filters say no. */
      readonly filtered: readonly string[];
    }
  | { readonly kind: 'serving'; readonly url: string }
  | {
      readonly kind: 'requested';
      readonly method: string;
      readonly path: string;
      readonly body: string;
    }
  | { readonly kind: 'reaction'; readonly subscriber: string; readonly lines: readonly string[] }
  | { readonly kind: 'policyRemoved'; readonly queue: string }
  | { readonly kind: 'policyRestored'; readonly queue: string }
  | {
      readonly kind: 'bindingRemoved';
      readonly queue: string;
      /** Binding keys. */
      readonly keys: readonly string[];
    }
  | { readonly kind: 'bindingRestored'; readonly queue: string }
  /** What the target has not, and what the demo shows in its place, as a sentence. */
  | { readonly kind: 'remark'; readonly text: string }
  | { readonly kind: 'silent'; readonly subscriber: string; readonly event: string }
  | { readonly kind: 'diagnosed'; readonly subject: string; readonly evidence: string }
  | {
      readonly kind: 'handlerFailed';
      readonly subscriber: string;
      readonly event: string;
      readonly receiveCount: number;
      readonly reason: string;
    }
  | { readonly kind: 'logLine'; readonly subscriber: string; readonly line: LogLine }
  /** A function got other code. */
  | { readonly kind: 'released'; readonly function: string; readonly isBroken: boolean }
  /** A message that failed is hidden until its visibility timeout ends. */
  | {
      readonly kind: 'hidden';
      readonly subscriber: string;
      readonly receive: number;
      readonly of: number;
      readonly seconds: number;
      /** Whether the engine's clock goes that far ahead, rather than everybody waiting. */
      readonly skipped: boolean;
      readonly isLast: boolean;
    }
  | {
      readonly kind: 'reason';
      readonly dlq: string;
      readonly function: string;
      readonly reason: string;
    }
  /** What setup finds to be different. */
  | { readonly kind: 'drift'; readonly setting: string; readonly from: string; readonly to: string }
  | {
      readonly kind: 'tableCounted';
      readonly table: string;
      readonly expected: number;
      /** The keys of its items. */
      readonly found: readonly string[];
    }
  | { readonly kind: 'deadLettered'; readonly dlq: string }
  | { readonly kind: 'redriven'; readonly dlq: string; readonly queue: string }
  | {
      readonly kind: 'counted';
      readonly subscriber: string;
      readonly expected: number;
      readonly received: number;
    }
  | { readonly kind: 'removed'; readonly deleted: number; readonly verified: boolean }
  | {
      readonly kind: 'stepDone';
      readonly ok: boolean;
      /** Which expectation failed; undefined where none did, or where an error ended the step. */
      readonly reason: string | undefined;
    };

/** How a demo ended: the document of `demo --json`. */
export interface DemoResult {
  readonly ok: boolean;
  /** Names: `setup`, `subscribe`, those of the topology's own acts, `break`, `recover`, `poison`, `redrive`, `verify`, `cleanup`. */
  readonly steps: readonly { readonly name: string; readonly ok: boolean; readonly ms: number }[];
  readonly events: {
    readonly expected: number;
    readonly received: number;
    /** Deliveries that were lost on purpose, while a queue's policy, or its binding, was gone. */
    readonly lost: number;
  };
  /** From the first step to the end of the last one, pauses included. */
  readonly ms: number;
}
