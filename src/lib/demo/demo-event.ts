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
  | { readonly kind: 'listening'; readonly subscriber: string; readonly queue: string }
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
  | { readonly kind: 'silent'; readonly subscriber: string; readonly event: string }
  | { readonly kind: 'diagnosed'; readonly subject: string; readonly evidence: string }
  | {
      readonly kind: 'handlerFailed';
      readonly subscriber: string;
      readonly event: string;
      readonly receiveCount: number;
      readonly reason: string;
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
    /** Deliveries that were lost on purpose, while a queue's policy was gone. */
    readonly lost: number;
  };
  /** From the first step to the end of the last one, pauses included. */
  readonly ms: number;
}
