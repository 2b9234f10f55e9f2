import type { SNSClient } from '@aws-sdk/client-sns';

/** Who is told of a call's failed attempts, by its command's input. */
const listeners = new WeakMap<object, (error: unknown) => void>();

/**
 * Lets the commands of `withAttemptReports` of a client tell of each attempt that failed, those that the SDK makes again by
 * itself too. It goes through a map rather than through the command's own middleware, which a client with
 * `cacheMiddleware` doesn't look at after its first call. MUST be called before that.
 */
export function reportFailedAttempts({ middlewareStack }: SNSClient): void {
  middlewareStack.add(
    (next) => async (args) => {
      try {
        return await next(args);
      } catch (error) {
        listeners.get(args.input)?.(error);
        throw error;
      }
    },
    // Inside of the SDK's own retries: what an earlier attempt failed with is told by nothing else.
    { step: 'finalizeRequest', priority: 'low', name: 'reportFailedAttempts' },
  );
}

/** The command, with `onAttemptFailed` told of each attempt of it that failed. */
export function withAttemptReports<C extends { readonly input: object }>(
  command: C,
  onAttemptFailed: (error: unknown) => void,
): C {
  listeners.set(command.input, onAttemptFailed);
  return command;
}
