import type { SQSClient } from '@aws-sdk/client-sqs';
import { isUnreachable } from './errors.ts';

/** Where a server that may be started again at another address is now. */
export interface MovingEndpoint {
  /** Its URL, as far as it is known. */
  readonly url: string;
  /** Lets a client follow it. MUST be called before the client's first call. */
  follow(client: { readonly middlewareStack: unknown }): void;
}

/** The part of the SDK's HTTP requests that says where they go. */
interface Addressed {
  hostname: string;
  port?: number;
  headers: Record<string, string>;
}

/**
 * Follows a server: when nobody answers it is looked for, and each try from then on, the SDK's own too, goes where it
 * is. Signatures aren't made anew: this is for the embedded engine, which checks none.
 * @param first its URL at the beginning.
 * @param locate finds its URL now; nothing while it doesn't run.
 */
export function movingEndpoint(
  first: string,
  locate: () => Promise<string | undefined>,
): MovingEndpoint {
  let url = first;
  let looking: Promise<void> | undefined;
  const look = (): Promise<void> => {
    looking ??= locate()
      .then((found) => {
        url = found ?? url;
      })
      .finally(() => {
        looking = undefined;
      });
    return looking;
  };
  return {
    get url() {
      return url;
    },
    follow({ middlewareStack }) {
      (middlewareStack as SQSClient['middlewareStack']).add(
        (next) => async (args) => {
          if (url !== first) address(args.request as Addressed, new URL(url));
          try {
            return await next(args);
          } catch (error) {
            if (isUnreachable(error)) await look();
            throw error;
          }
        },
        { step: 'finalizeRequest', priority: 'low', name: 'followEndpoint' },
      );
    },
  };
}

function address(request: Addressed, { hostname, port, host }: URL): void {
  request.hostname = hostname;
  request.port = Number(port);
  request.headers.host = host;
}
