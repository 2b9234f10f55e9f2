import type { EngineRecord } from './record.ts';

/** What a started engine tells the process that started it, once, over the channel between them. */
export type Handshake =
  | { readonly kind: 'ready'; readonly record: EngineRecord }
  /** Another engine holds the state folder. */
  | { readonly kind: 'held'; readonly pid: number }
  | { readonly kind: 'port-taken'; readonly port: number }
  | {
      readonly kind: 'failed';
      readonly code: string;
      readonly message: string;
      readonly hint?: string;
    };
