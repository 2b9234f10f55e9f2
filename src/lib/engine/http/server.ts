import { randomUUID } from 'node:crypto';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { AppError } from '../../rules/errors.ts';
import type { Faults } from '../../rules/faults.ts';
import { type ClockOptions, EngineClock } from '../clock/engine-clock.ts';
import { keepClock, writeClock } from '../clock/keep-clock.ts';
import type { Clock } from '../clock.ts';
import { control, isControlPath } from '../control/endpoints.ts';
import { createEngine, type Engine, type EngineListeners } from '../engine.ts';
import { damaged } from '../journal/damaged.ts';
import { openJournal } from '../journal/open.ts';
import { OBSERVE_PREFIX, type ObserveParts, observe } from '../observe/endpoints.ts';
import type { receiveSpans as ReceiveSpans } from '../observe/traces/receive.ts';
import type { EngineOptions } from '../parts.ts';
import { apiAddress } from '../services/apigateway/serve/address.ts';
import type { serveApi as ServeApi } from '../services/apigateway/serve/serve.ts';
import { closeCloudFormation } from '../services/cloudformation/state.ts';
import { closeEcs } from '../services/ecs/create-state.ts';
import { closeElb } from '../services/elb/create-state.ts';
import { closeLambda } from '../services/lambda/create-state.ts';
import {
  isCertificatePath,
  serveCertificate,
} from '../services/sns/delivery/certificate-endpoint.ts';
import { createPageProcess, isPageRequest, type PageProcess } from '../ui/page-process.ts';
import { addressGuard } from './address-guard.ts';
import { type DirectConnections, readDirectly } from './direct-connection.ts';
import { FaultSwitch } from './fault-injector.ts';
import { createHandler, type Handler } from './handler.ts';
import { createListener, HEADERS_TIMEOUT_MS, listen, refuse } from './listener.ts';
import { answerAsOtherEngine, isOtherEnginePath } from './other-engines.ts';
import { MAX_BODY, MAX_REST_BODY, readBody } from './read-body.ts';
import { isRest } from './read-request.ts';
import { RequestLog } from './request-log.ts';
import { tokenGuard } from './token-guard.ts';

/** How to start an engine; without a `stateDir` its state ends with it. */
export interface StartOptions extends Partial<EngineOptions>, ClockOptions, EngineListeners {
  /** The address to listen on; 127.0.0.1 unless given. */
  readonly host?: string;
  /** Names that clients may address it by, besides those of this machine. */
  readonly allowedHosts?: readonly string[];
  /** What every request has to show, where others can reach the engine. */
  readonly token?: string;
  readonly faults?: Faults;
  /** Makes the faults repeat; 0 unless given. */
  readonly seed?: number;
  /** A clock of the engine's own unless given. */
  readonly clock?: Clock;
  /** Whether `GET /_pubsub/health` answers 503 until `observed.isStarting` is set to false. */
  readonly isStarting?: boolean;
  /** The state folder of an engine that commands find by it: where consumers keep why they failed. */
  readonly pageStateDir?: string;
  /** Told of errors that are the engine's own mistakes; they are thrown away unless given. */
  readonly onBug?: (error: unknown) => void;
}

export interface RunningEngine {
  /** `http://127.0.0.1:<port>` */
  readonly endpoint: string;
  readonly port: number;
  readonly engine: Engine;
  /** What it shows of itself beside the AWS API. */
  readonly observed: ObserveParts;
  readonly faults: FaultSwitch;
  /** What the health path gives as `instance`. */
  readonly instance: string;
  /** The address of its page, with the token that lets that change something; no browser gets past the engine's own. */
  readonly page: string | undefined;
  /** Lets calls that wait for the journal be answered, cuts off long polls, and closes the journal. */
  stop(): Promise<void>;
}

const LOOPBACK = '127.0.0.1';
const ANY_ADDRESS: ReadonlySet<string> = new Set(['0.0.0.0', '::']);

// A test runner's fake timers may replace it in the whole process.
const { setImmediate } = globalThis;

/**
 * Starts an engine that listens on 127.0.0.1, unless told otherwise.
 *
 * @throws the listening socket's error (`EADDRINUSE`), or AppError when the state can't be used.
 */
export async function startEngine(options: StartOptions = {}): Promise<RunningEngine> {
  const { host = LOOPBACK, port = 0, onBug = () => undefined } = options;
  const faults = new FaultSwitch();
  if (options.faults !== undefined) faults.set(options.faults, options.seed ?? 0);
  const engine = await openEngine(options, faults);
  const { services } = engine;
  const observed: ObserveParts = {
    engine,
    services,
    requests: new RequestLog(),
    instance: randomUUID(),
    isStarting: options.isStarting ?? false,
  };
  const handle = createHandler({ ...observed, onBug });
  const addressRefusal = addressGuard(options.allowedHosts);
  const tokenRefusal = tokenGuard(options.token, engine);
  const page = createPageProcess({
    engineToken: options.token,
    stateDir: options.stateDir ?? options.pageStateDir,
    isLocal: options.pageStateDir !== undefined,
  });
  const own = (): string => addressOf(server);
  const server = createListener((request, response) => {
    const api = apiAddress(request);
    // An API is for browsers too, as its CORS configuration says; a page that knows its id was told of it.
    const foreign =
      api !== undefined && engine.apigateway.apis.has(api.apiId)
        ? undefined
        : addressRefusal(request);
    if (foreign !== undefined) return refuse(response, 403, foreign);
    if (isCertificatePath(request.url)) {
      return void serveCertificate(engine.sns, request.url, response).catch(onBug);
    }
    const unknown = tokenRefusal(request);
    if (unknown !== undefined) return refuse(response, 401, unknown);
    if (api !== undefined) {
      const { apigateway: state } = engine;
      return void answerAsApi({ ...observed, state, onBug }, api, request, response).catch(onBug);
    }
    if (isPageRequest(request)) return page.pass(request, response, own());
    if (isControlPath(request)) return control({ engine, faults }, request, response);
    if (isOtherEnginePath(request)) {
      return void answerAsOtherEngine(engine, services, request, response).catch(onBug);
    }
    if (isObservePath(request.url)) return observe(observed, request, response);
    if (isTracesPath(request.url)) {
      return void takeSpans(engine.traces.spans, request, response).catch(onBug);
    }
    receive(handle, request, response);
  });
  const direct = readDirectly(
    server,
    (request, respond) => {
      const goesOn =
        addressRefusal(request) === undefined &&
        tokenRefusal(request) === undefined &&
        apiAddress(request) === undefined;
      if (goesOn) void handle(request, respond(), request.body);
      return goesOn;
    },
    HEADERS_TIMEOUT_MS,
  );
  try {
    await listen(server, host, port);
  } catch (error) {
    engine.clock.stop();
    await engine.journal.close();
    throw error;
  }
  const bound = (server.address() as AddressInfo).port;
  engine.functions.listening(own());
  let stopping: Promise<void> | undefined;
  const endpoint = urlOf(host, bound);
  return {
    endpoint,
    page: options.token === undefined ? page.url(endpoint) : undefined,
    port: bound,
    engine,
    observed,
    faults,
    instance: observed.instance,
    stop() {
      stopping ??= stop(server, direct, engine, page);
      return stopping;
    },
  };
}

/** Where a server answers programs of this machine: a name that it was told may lead to several addresses. */
function addressOf(server: Server): string {
  const { address, port } = server.address() as AddressInfo;
  return urlOf(address, port);
}

function urlOf(host: string, port: number): string {
  const name = ANY_ADDRESS.has(host) ? LOOPBACK : host.includes(':') ? `[${host}]` : host;
  return `http://${name}:${port}`;
}

async function openEngine(options: StartOptions, faults: FaultSwitch): Promise<Engine> {
  const { port = 0, stateDir, strictTimings = true, allowHttp, identities } = options;
  const { policies } = options;
  const journal = await openJournal(stateDir);
  const clock = options.clock ?? new EngineClock(options);
  const given: EngineOptions = {
    port,
    strictTimings,
    ...(policies === undefined ? {} : { policies }),
    ...(allowHttp === undefined ? {} : { allowHttp }),
    ...(identities === undefined ? {} : { identities }),
    ...(stateDir === undefined ? {} : { stateDir }),
  };
  try {
    if (clock instanceof EngineClock) keepClock(clock, journal);
    return createEngine(given, journal, { clock, faults }, options);
  } catch (error) {
    clock.stop();
    await journal.abandon();
    throw stateDir === undefined || error instanceof AppError ? error : damaged(stateDir, error);
  }
}

function isObservePath(url = ''): boolean {
  return url.startsWith(OBSERVE_PREFIX);
}

/** Where OTLP's clients send traces to. */
function isTracesPath(url = ''): boolean {
  return url.split('?', 1)[0] === '/v1/traces';
}

/** Few engines are sent traces: what reads them is loaded with the first. */
async function takeSpans(...given: Parameters<typeof ReceiveSpans>): Promise<void> {
  const { receiveSpans } = await import('../observe/traces/receive.ts');
  receiveSpans(...given);
}

function receive(handle: Handler, request: IncomingMessage, response: ServerResponse): void {
  const rest = isRest(request);
  readBody(
    request,
    (body) => {
      if (body !== undefined) void handle(request, response, body);
      else if (rest) refuseTooLarge(request, response);
      else refuse(response, 413, 'the request is too large');
    },
    rest ? MAX_REST_BODY : MAX_BODY,
  );
}

/** Most engines have no API: what answers as one is loaded with the first request. */
async function answerAsApi(...call: Parameters<typeof ServeApi>): Promise<void> {
  const { serveApi } = await import('../services/apigateway/serve/serve.ts');
  serveApi(...call);
}

/** Lambda's bound on a request with code in it; its clients are answered when they have sent all of it. */
function refuseTooLarge(request: IncomingMessage, response: ServerResponse): void {
  request.resume();
  request.once('end', () => {
    response.setHeader('X-Amzn-ErrorType', 'RequestEntityTooLargeException');
    refuse(response, 413, `Request must be smaller than ${MAX_REST_BODY} bytes`);
  });
}

async function stop(
  server: Server,
  direct: DirectConnections,
  engine: Engine,
  page: PageProcess,
): Promise<void> {
  // Tasks have work in hand, which they end with the engine's help.
  await closeEcs(engine.ecs);
  closeElb(engine.elasticloadbalancing);
  const closed = new Promise<void>((resolve) => server.close(() => resolve()));
  server.closeIdleConnections();
  direct.closeIdle();
  closeCloudFormation(engine.cloudformation);
  closeLambda(engine.lambda);
  try {
    await engine.journal.committed();
    // One more turn, so that the answers that waited for this commit get written.
    await new Promise((resolve) => setImmediate(resolve));
  } finally {
    server.closeAllConnections();
    direct.closeAll();
    await closed;
    const { clock, journal } = engine;
    clock.stop();
    engine.sns.http.close();
    if (clock instanceof EngineClock && journal.durable) writeClock(clock, journal);
    await Promise.all([engine.tables.stop(), engine.functions.stop(), page.stop()]);
    await journal.close();
  }
}
