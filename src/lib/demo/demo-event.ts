/** Steps of the demo, in order. */
export const DEMO_STEPS = [
  'setup',
  'subscribe',
  'create',
  'confirm',
  'break',
  'recover',
  'poison',
  'redrive',
  'verify',
  'cleanup',
] as const;

/** Steps of the demo that goes through the order API, in order. */
export const VIA_API_STEPS = [
  'setup',
  'subscribe',
  'serve',
  'create',
  'confirm',
  'verify',
  'cleanup',
] as const;
export type DemoStep = (typeof DEMO_STEPS)[number] | (typeof VIA_API_STEPS)[number];

/** What happens in a demo, in the order in which it happens. */
export type DemoEvent =
  | { readonly kind: 'opening'; readonly topic: string; readonly viaApi: boolean }
  | {
      readonly kind: 'step';
      readonly step: DemoStep;
      readonly number: number;
      readonly of: number;
      readonly viaApi: boolean;
    }
  | { readonly kind: 'provisioned'; readonly counts: Readonly<Record<string, number>> }
  | { readonly kind: 'listening'; readonly subscriber: string; readonly queue: string }
  | {
      readonly kind: 'published';
      readonly eventType: string;
      readonly orderId: number;
      readonly total: string;
      readonly status: string;
    }
  | { readonly kind: 'serving'; readonly url: string }
  | {
      readonly kind: 'requested';
      readonly method: string;
      readonly path: string;
      readonly orderId: number;
      readonly total: string;
      readonly status: string;
    }
  | { readonly kind: 'reaction'; readonly subscriber: string; readonly lines: readonly string[] }
  | { readonly kind: 'policyRemoved'; readonly queue: string }
  | { readonly kind: 'policyRestored'; readonly queue: string }
  | { readonly kind: 'silent'; readonly subscriber: string; readonly orderId: number }
  | {
      readonly kind: 'handlerFailed';
      readonly subscriber: string;
      readonly orderId: number;
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
      readonly step: DemoStep;
      readonly ok: boolean;
      readonly ms: number;
      /** Which expectation failed; undefined where none did, or where an error ended the step. */
      readonly reason: string | undefined;
    };

/** How a demo ended: the document of `demo --json`. */
export interface DemoResult {
  readonly ok: boolean;
  readonly steps: readonly { readonly name: DemoStep; readonly ok: boolean; readonly ms: number }[];
  readonly events: { readonly expected: number; readonly received: number };
}
