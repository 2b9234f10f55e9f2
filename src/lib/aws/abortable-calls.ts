import type { SQSClient } from '@aws-sdk/client-sqs';

/** What ends each call that can be ended, by its command's input. */
const signals = new WeakMap<object, AbortSignal>();

/**
 * Lets `abortable` commands of a client be ended by a signal. The SDK's own way, an option of `send`, makes it put its
 * middleware together anew for that call and for each one after it (`cacheMiddleware`); this is middleware of the client.
 * MUST be called before the client's first call.
 */
export function allowAborts({ middlewareStack, config }: SQSClient): void {
  middlewareStack.add(
    (next) => async (args) => {
      const signal = signals.get(args.input);
      if (signal === undefined) return next(args);
      // The last step before the network: what comes next is the request handler, which takes the signal.
      const request = args.request as Parameters<typeof config.requestHandler.handle>[0];
      return config.requestHandler.handle(request, { abortSignal: signal });
    },
    { step: 'deserialize', priority: 'low', name: 'abortableCalls' },
  );
}

/**
 * Marks a command to be ended by a signal: its call then fails with the SDK's `AbortError`. A pause between the SDK's
 * own tries isn't cut short; the try after it fails at once.
 */
export function abortable<C extends { readonly input: object }>(
  command: C,
  signal: AbortSignal,
): C {
  signals.set(command.input, signal);
  return command;
}
