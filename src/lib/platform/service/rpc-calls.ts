import { Code, ConnectError, type HandlerContext } from '@connectrpc/connect';
import { requireRole } from './caller.ts';
import { callerOf } from './grpc-server.ts';

/** Makes a gRPC method one that other services alone may call: it throws Problem 403 for anybody else. */
export function forServices<Request, Response>(
  method: (request: Request, context: HandlerContext) => Promise<Response>,
): (request: Request, context: HandlerContext) => Promise<Response> {
  return async (request, context) => {
    requireRole(callerOf(context), 'service');
    return method(request, context);
  };
}

/** Control characters have no place in what is stored, and one of them no database takes. */
const KEY = /^[^\p{Cc}]{1,200}$/u;

/**
 * Checks the name that a caller gave to what it does.
 * @throws ConnectError INVALID_ARGUMENT
 */
export function checkKey(key: string): string {
  if (KEY.test(key)) return key;
  throw invalid('The key must have 1 to 200 characters, without control characters.');
}

/** INVALID_ARGUMENT: what is asked for can't be. */
export function invalid(message: string): ConnectError {
  return new ConnectError(message, Code.InvalidArgument);
}
