import type { Database } from '../../lib/database/database.ts';
import type { HttpServer } from '../../lib/http/app.ts';
import type { OrderServerOptions } from '../../lib/orders/http/server.ts';
import { SERVER_DEFAULTS } from '../../lib/orders/server-defaults.ts';
import { listeningAddress } from '../../lib/process/task-ports.ts';
import { AppError, usageError } from '../../lib/rules/errors.ts';
import type { ServeRequest } from './request.ts';

/** Starts the HTTP server. @throws AppError `PortInUse`, or (exit 2) for an address that can't be had */
export async function listen(
  request: ServeRequest,
  parts: Pick<
    OrderServerOptions,
    'database' | 'log' | 'version' | 'onEvent' | 'relay' | 'topic' | 'tracing'
  >,
  env: Readonly<Record<string, string | undefined>>,
): Promise<HttpServer> {
  const { startOrderServer } = await import('../../lib/orders/http/server.ts');
  try {
    return await startOrderServer({ ...request, ...parts, ...listeningAddress(env, request) });
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    if (code === 'EADDRINUSE') {
      throw new AppError({
        code: 'PortInUse',
        message: `Port ${request.port} on ${request.host} is in use.`,
        hint: 'Choose another, or a free one with: pubsub serve --port 0',
        cause,
      });
    }
    if (code === 'EACCES' || code === 'EADDRNOTAVAIL' || code === 'ENOTFOUND') {
      throw usageError(
        `Can't listen on ${request.host}, port ${request.port} (${code}).`,
        `Use an address of this machine, such as --host ${SERVER_DEFAULTS.host}.`,
      );
    }
    throw cause;
  }
}

/** Others can't open the embedded database beside this process: `pubsub outbox` asks the server. */
export async function recordRunningServer(
  { place }: Database,
  { url }: HttpServer,
): Promise<() => void> {
  const { recordServer } = await import('../../lib/orders/server-record.ts');
  return recordServer(place, { pid: process.pid, url });
}
