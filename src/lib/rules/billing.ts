import { BILLED_CHUNK_BYTES, priceOf } from './prices.ts';

/** What is billed by the request, on standard topics and queues. */
const REQUESTS = { sns: 'snsPublish', sqs: 'sqsRequest' } as const;

/** A service that bills requests. */
export type BilledService = keyof typeof REQUESTS;

/** Requests by `service:Action`, such as `sqs:ReceiveMessage`. */
export type RequestCounts = Readonly<Record<`${BilledService}:${string}`, number>>;

/** What came to the counts since an earlier look at them. */
export function countsSince(before: RequestCounts, now: RequestCounts): RequestCounts {
  const entries = Object.entries(now) as [keyof RequestCounts, number][];
  return Object.fromEntries(
    entries.flatMap(([action, count]) => {
      const more = count - (before[action] ?? 0);
      return more > 0 ? [[action, more]] : [];
    }),
  );
}

/** Requests that a call is billed as. @param bytes of its payload, the larger of what was sent and what came. */
export function billedRequests(bytes: number): number {
  return Math.max(1, Math.ceil(bytes / BILLED_CHUNK_BYTES));
}

/** US dollars that requests cost on AWS, as `PRICES` says. */
export function requestDollars(counts: RequestCounts): number {
  let dollars = 0;
  for (const [action, count] of Object.entries(counts)) {
    dollars += priceOf(REQUESTS[action.startsWith('sns:') ? 'sns' : 'sqs'], count);
  }
  return dollars;
}
