import { type BilledService, billedRequests, type RequestCounts } from '../rules/billing.ts';
import type { Aws } from './clients.ts';

/** The parts of the SDK's HTTP messages that say how large their payload is. */
interface Payload {
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

/**
 * Counts the requests that SNS and SQS bill from now on, each try of a call for itself, as AWS does. The size of a
 * payload is that of the HTTP body, which is a little more than what AWS counts. MUST be called before the clients'
 * first call: they keep the middleware of each kind of call from then on.
 * @returns a reader of what was counted so far.
 */
export function countRequests(aws: Aws): () => RequestCounts {
  const counts: Record<`${BilledService}:${string}`, number> = {};
  const count = (service: BilledService, command: string, bytes: number): void => {
    const action = `${service}:${command.replace(/Command$/, '')}` as const;
    counts[action] = (counts[action] ?? 0) + billedRequests(bytes);
  };
  const counted = async <T extends { readonly response: unknown }>(
    service: BilledService,
    command: string | undefined,
    request: unknown,
    send: () => Promise<T>,
  ): Promise<T> => {
    let received = 0;
    try {
      const result = await send();
      received = Number((result.response as Payload).headers?.['content-length'] ?? 0);
      return result;
    } finally {
      count(service, command ?? 'Unknown', Math.max(bodyBytes(request as Payload), received));
    }
  };
  // Behind the SDK's retries: each try comes through here.
  const options = { step: 'finalizeRequest', name: 'countRequests', priority: 'low' } as const;
  aws.sns.middlewareStack.add(
    (next, context) => (args) =>
      counted('sns', context.commandName, args.request, () => next(args)),
    options,
  );
  aws.sqs.middlewareStack.add(
    (next, context) => (args) =>
      counted('sqs', context.commandName, args.request, () => next(args)),
    options,
  );
  return () => ({ ...counts });
}

function bodyBytes({ body }: Payload): number {
  if (typeof body === 'string') return Buffer.byteLength(body);
  return body instanceof Uint8Array ? body.byteLength : 0;
}
