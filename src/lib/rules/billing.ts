/** Bytes of payload that are billed as one request ("Amazon SQS pricing", "Amazon SNS pricing"). */
export const BILLED_CHUNK_BYTES = 64 * 1024;

/**
 * US dollars for a million requests in us-east-1, without the free tier and volume discounts: standard topics and
 * queues, <https://aws.amazon.com/sns/pricing/> and <https://aws.amazon.com/sqs/pricing/>. SNS does not charge for
 * deliveries to SQS.
 */
export const PRICES = {
  asOf: '2026-06',
  region: 'us-east-1',
  dollarsPerMillion: { sns: 0.5, sqs: 0.4 },
} as const;

/** What is billed by the request. */
export type BilledService = keyof typeof PRICES.dollarsPerMillion;

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
    const service = action.startsWith('sns:') ? 'sns' : 'sqs';
    dollars += (count * PRICES.dollarsPerMillion[service]) / 1e6;
  }
  return dollars;
}
