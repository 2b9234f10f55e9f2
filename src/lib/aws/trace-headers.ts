import type { SNSClient } from '@aws-sdk/client-sns';

/** By the input of the call that carries it. */
const traceHeaders = new WeakMap<object, string>();

/**
 * Lets the commands of `withTraceHeader` of a client carry their `X-Amzn-Trace-Id`. It goes through a map, as
 * `reportFailedAttempts` does, and MUST be called before the client's first call.
 */
export function allowTraceHeaders({ middlewareStack }: SNSClient): void {
  middlewareStack.add(
    (next) => (args) => {
      const header = traceHeaders.get(args.input);
      if (header !== undefined) {
        const { headers } = args.request as { headers: Record<string, string> };
        headers['X-Amzn-Trace-Id'] = header;
      }
      return next(args);
    },
    // Behind the SDK's own, which writes one inside of Lambda; the signature leaves it out.
    { step: 'build', priority: 'low', name: 'traceHeader' },
  );
}

/** The command, sent with an `X-Amzn-Trace-Id`; unchanged without one. */
export function withTraceHeader<C extends { readonly input: object }>(
  command: C,
  header: string | undefined,
): C {
  if (header !== undefined) traceHeaders.set(command.input, header);
  return command;
}
