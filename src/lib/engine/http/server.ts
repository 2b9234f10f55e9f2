import { randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { AppError } from '../../rules/errors.ts';
import type { Faults } from '../../rules/faults.ts';
import { EngineClock } from '../clock/engine-clock.ts';
import { keepClock, writeClock } from '../clock/keep-clock.ts';
import type { Clock } from '../clock.ts';
import { createEngine, type Engine } from '../engine.ts';
import { damaged } from '../journal/damaged.ts';
import { openJournal } from '../journal/open.ts';
import { OBSERVE_PREFIX, observe } from '../observe/endpoints.ts';
import type { EngineOptions } from '../parts.ts';
import { createServices } from '../services/index.ts';
import {
  isCertificatePath,
  serveCertificate,
} from '../services/sns/delivery/certificate-endpoint.ts';
import { addressedLocally, fromForeignPage } from './browser-guard.ts';
import { injectFaults, noFaults } from './fault-injector.ts';
import { createHandler, type Handler } from './handler.ts';
import { readBody } from './read-body.ts';
import { RequestLog } from './request-log.ts';

/** How to start an engine; without a `stateDir` its state ends with it. */
export interface StartOptions extends Partial<EngineOptions> {
  readonly faults?: Faults;
  /** Makes the faults repeat; 0 unless given. */
  readonly seed?: number;
  /** A clock of the engine's own unless given. */
  readonly clock?: Clock;
  /** Told of errors that are the engine's own mistakes; they are thrown away unless given. */
  readonly onBug?: (error: unknown) => void;
}

export interface RunningEngine {
  /** `http://127.0.0.1:<port>` */
  readonly endpoint: string;
  readonly port: number;
  readonly engine: Engine;
  /** What the health path gives as `instance`. */
  readonly instance: string;
  /** Lets calls that wait for the journal be answered, cuts off long polls, and closes the journal. */
  stop(): Promise<void>;
}

const HOST = '127.0.0.1';

/**
 * Starts an engine that listens on 127.0.0.1.
 *
 * @throws the listening socket's error (`EADDRINUSE`), or AppError when the state can't be used.
 */
export async function startEngine(options: StartOptions = {}): Promise<RunningEngine> {
  const { port = 0, stateDir, strictTimings = true, faults, seed = 0 } = options;
  const onBug = options.onBug ?? (() => undefined);
  const journal = await openJournal(stateDir);
  const engineOptions: EngineOptions = {
    port,
    strictTimings,
    ...(options.allowHttp === undefined ? {} : { allowHttp: options.allowHttp }),
    ...(stateDir === undefined ? {} : { stateDir }),
  };
  const clock = options.clock ?? new EngineClock();
  let engine: Engine;
  try {
    if (clock instanceof EngineClock) keepClock(clock, journal);
    engine = createEngine(engineOptions, journal, {
      clock,
      faults: faults === undefined ? noFaults : injectFaults(faults, seed),
    });
  } catch (error) {
    clock.stop();
    await journal.abandon();
    throw stateDir === undefined || error instanceof AppError ? error : damaged(stateDir, error);
  }
  const services = createServices();
  const requests = new RequestLog();
  const instance = randomUUID();
  const handle = createHandler({
    engine,
    services,
    requests,
    onBug,
  });
  const server = createServer((request, response) => {
    if (request.url?.startsWith(OBSERVE_PREFIX)) {
      if (addressedLocally(request) && !fromForeignPage(request)) {
        observe({ engine, services, requests, instance }, request, response);
      } else {
        refuse(response, 403, 'addressed by a name that is not this machine');
      }
    } else if (isCertificatePath(request.url)) {
      serveCertificate(engine.sns, request.url, response).catch(onBug);
    } else {
      receive(handle, request, response);
    }
  });
  // Idle connections are kept: clients reuse them, and each is a local process that closes it by ending.
  server.keepAliveTimeout = 0;
  try {
    await listen(server, port);
  } catch (error) {
    clock.stop();
    await journal.close();
    throw error;
  }
  const bound = (server.address() as AddressInfo).port;
  let stopping: Promise<void> | undefined;
  return {
    endpoint: `http://${HOST}:${bound}`,
    port: bound,
    engine,
    instance,
    stop() {
      stopping ??= stop(server, engine);
      return stopping;
    },
  };
}

function receive(handle: Handler, request: IncomingMessage, response: ServerResponse): void {
  if (fromForeignPage(request)) {
    refuse(response, 403, 'requests from web pages are refused');
    return;
  }
  readBody(request, (body) => {
    if (body === undefined) refuse(response, 413, 'the request is too large');
    else void handle(request, response, body);
  });
}

/** Answers a request that no service gets to see; the connection ends with it. */
function refuse(response: ServerResponse, status: number, reason: string): void {
  const body = `${JSON.stringify({ message: reason })}\n`;
  response.writeHead(status, {
    'Content-Type': 'application/json',
    'Content-Length': Buffer.byteLength(body),
    Connection: 'close',
  });
  response.end(body);
}

function listen(server: Server, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, HOST, () => {
      server.off('error', reject);
      resolve();
    });
  });
}

async function stop(server: Server, engine: Engine): Promise<void> {
  const closed = new Promise<void>((resolve) => server.close(() => resolve()));
  server.closeIdleConnections();
  try {
    await engine.journal.committed();
    // One more turn, so that the answers that waited for this commit get written.
    await new Promise((resolve) => setImmediate(resolve));
  } finally {
    server.closeAllConnections();
    await closed;
    const { clock, journal } = engine;
    clock.stop();
    engine.sns.http.close();
    if (clock instanceof EngineClock && journal.durable) writeClock(clock, journal);
    await Promise.all([engine.tables.stop(), journal.close()]);
  }
}
