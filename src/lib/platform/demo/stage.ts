import { setTimeout as sleep } from 'node:timers/promises';
import type * as z from 'zod';
import type { ServiceName } from '../service/names.ts';
import type { Shop, ShopAnswer } from './shop-client.ts';
import type { SpanCollector } from './span-collector.ts';

/** Milliseconds that the demo waits for what is to come, and between two looks. */
const WAIT_MS = 30_000;
const LOOK_INTERVAL_MS = 100;

/** A claim of the demo that isn't true. */
export class FailedClaim extends Error {
  override readonly name = 'FailedClaim';
}

/** The platform that a demo runs on. */
export interface DemoPlatform {
  /** The gateway's address. */
  readonly url: string;
  readonly shop: Shop;
  readonly spans: SpanCollector;
  readonly admin: { readonly email: string; readonly password: string };
  /** The numbers of a service, in Prometheus's text format. */
  metrics(service: ServiceName): Promise<string>;
  /** Ends a service's process with SIGKILL. */
  kill(service: ServiceName): Promise<void>;
  /** Starts what has ended. */
  revive(): Promise<void>;
}

/** What happens in a demo, in its order. */
export type PlatformDemoEvent =
  | { readonly kind: 'step'; readonly number: number; readonly of: number; readonly title: string }
  | { readonly kind: 'claim'; readonly text: string }
  | { readonly kind: 'shown'; readonly text: string }
  | { readonly kind: 'failed'; readonly reason: string };

/** Where the steps of a demo act, and what they have found out. */
export interface Stage {
  readonly platform: DemoPlatform;
  readonly tell: (event: PlatformDemoEvent) => void;
  /** Of the person of the story. */
  token: string;
  adminToken: string;
}

/** Tells a claim that holds. @throws FailedClaim where it doesn't */
export function claim(stage: Stage, holds: boolean, text: string, found?: string): void {
  if (!holds) throw new FailedClaim(found === undefined ? text : `${text}: ${found}`);
  stage.tell({ kind: 'claim', text });
}

/** An answer's body. @throws FailedClaim for another status, or another shape */
export function bodyOf<T extends z.ZodType>(
  answer: ShopAnswer,
  schema: T,
  status = 200,
): z.output<T> {
  const problem = `expected ${status}, not ${answer.status}: ${answer.text.slice(0, 200)}`;
  if (answer.status !== status) throw new FailedClaim(problem);
  const read = schema.safeParse(JSON.parse(answer.text));
  if (read.success) return read.data;
  throw new FailedClaim(`unexpected answer: ${answer.text.slice(0, 200)}`);
}

/** Waits until something is there. @throws FailedClaim that says what was waited for */
export async function until<T>(what: string, look: () => Promise<T | undefined>): Promise<T> {
  const deadline = Date.now() + WAIT_MS;
  let last = '';
  while (Date.now() < deadline) {
    try {
      const found = await look();
      if (found !== undefined) return found;
    } catch (error) {
      last = `: ${(error as Error).message}`;
    }
    await sleep(LOOK_INTERVAL_MS);
  }
  throw new FailedClaim(`${what} did not come within ${WAIT_MS / 1000} s${last}`);
}
