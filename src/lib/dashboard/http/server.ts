import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { API_PREFIX, type Session, UI_PREFIX } from '../api/session.ts';
import type { Dashboard } from '../dashboard.ts';
import { ROUTES } from '../routes.ts';
import { failureOf, HttpFailure, notFound } from './failure.ts';
import { refusalOf, showsToken } from './guard.ts';
import { SECURITY_HEADERS } from './headers.ts';
import { readJson } from './read-json.ts';
import { parametersOf, type Route } from './route.ts';
import { type StaticFile, staticFiles } from './static-files.ts';

/** How the page is served. */
export interface ServeOptions {
  readonly dashboard: Dashboard;
  /** 0 picks a free one. */
  readonly port: number;
  /** The folder of the page's files. */
  readonly files: string;
  /** What every request has to carry where the engine passes them on: nobody else may ask this port then. */
  readonly passedBy?: { readonly header: string; readonly secret: string };
  /** Told of failures that are mistakes of this program. */
  readonly onBug: (error: unknown) => void;
}

/** A page that is served. */
export interface ServedPage {
  readonly port: number;
  /** Ends streams and answers, and closes the port. */
  stop(): Promise<void>;
}

const LOOPBACK = '127.0.0.1';
/** How long a request may take to come in, in milliseconds. */
const REQUEST_TIMEOUT_MS = 30_000;
/** How long connections may take to end when the page ends, in milliseconds, and how often they are looked at. */
const FAREWELL_MS = 500;
const FAREWELL_STEP_MS = 20;

/** Serves the page and its API on 127.0.0.1. @throws the socket's error, such as `EADDRINUSE`. */
export async function servePage(options: ServeOptions): Promise<ServedPage> {
  const server = createServer({ requestTimeout: REQUEST_TIMEOUT_MS });
  await listen(server, options.port);
  const { port } = server.address() as AddressInfo;
  const respond = responder(options, port);
  server.on('request', (request, response) => {
    void respond(request, response).catch((error: unknown) => {
      const { status, body } = failureOf(error);
      if (status === 500) options.onBug(error);
      if (!response.headersSent) sendJson(response, status, body);
      else response.destroy();
    });
  });
  return {
    port,
    async stop() {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      // What was written last is read before the connections end.
      for (let waited = 0; waited < FAREWELL_MS; waited += FAREWELL_STEP_MS) {
        server.closeIdleConnections();
        const isClosed = await Promise.race([closed.then(() => true), sleep(FAREWELL_STEP_MS)]);
        if (isClosed) return;
      }
      server.closeAllConnections();
      await closed;
    },
  };
}

function listen(server: Server, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, LOOPBACK, () => {
      server.off('error', reject);
      resolve();
    });
  });
}

type Respond = (request: IncomingMessage, response: ServerResponse) => Promise<void>;

function responder({ dashboard, files, passedBy }: ServeOptions, port: number): Respond {
  const fileAt = staticFiles(files);
  return async (request, response) => {
    for (const [name, value] of Object.entries(SECURITY_HEADERS)) response.setHeader(name, value);
    const { method = 'GET', headers, url: asked = '/' } = request;
    const url = URL.canParse(asked, 'http://localhost')
      ? new URL(asked, 'http://localhost')
      : undefined;
    if (url === undefined || !asked.startsWith('/')) throw notFound('such path');
    if (passedBy !== undefined && headers[passedBy.header] !== passedBy.secret) {
      throw new HttpFailure(403, 'ForeignRequest', 'Only the engine asks here.');
    }
    const isFile = !url.pathname.startsWith(API_PREFIX);
    const own = passedBy === undefined ? port : undefined;
    const refusal = refusalOf({ method, headers, isFile }, own);
    if (refusal !== undefined) throw new HttpFailure(403, 'ForeignRequest', refusal);
    if (isFile) return sendFile(request, response, url.pathname, fileAt);
    return answerApi(dashboard, request, response, url);
  };
}

async function answerApi(
  dashboard: Dashboard,
  request: IncomingMessage,
  response: ServerResponse,
  url: URL,
): Promise<void> {
  const { access } = dashboard;
  const { method, headers } = request;
  const path = url.pathname.slice(API_PREFIX.length);
  const authorized = showsToken(headers, access.token);
  if (path === 'session' && method === 'GET') {
    const { readsNeedToken, writesAllowed, command, version } = access;
    const session: Session = { authorized, readsNeedToken, writesAllowed, command, version };
    return sendJson(response, 200, session);
  }
  const found = ROUTES.flatMap((route) => {
    const parameters = parametersOf(route, path);
    return parameters === undefined ? [] : [{ route, parameters }];
  });
  const isStream = path === 'stream';
  if (found.length === 0 && !isStream) throw notFound(`route ${path.slice(0, 100)}`);
  const match = found.find(({ route }) => route.method === method);
  if (isStream ? method !== 'GET' : match === undefined) {
    throw new HttpFailure(405, 'InvalidInput', `${method} is not answered here.`);
  }
  assertAuthorized(dashboard, authorized, match?.route);
  if (isStream || match === undefined) return dashboard.live.stream(request, response);
  const gone = new AbortController();
  response.once('close', () => gone.abort());
  const body = match.route.method === 'POST' ? await readJson(request) : {};
  const { parameters } = match;
  const answer = await match.route.handle(dashboard, {
    parameters,
    query: url.searchParams,
    body,
    signal: gone.signal,
  });
  sendJson(response, 200, answer);
}

/** @throws HttpFailure 401 */
function assertAuthorized(
  { access }: Dashboard,
  authorized: boolean,
  route: Route | undefined,
): void {
  if (authorized || !(access.readsNeedToken || route?.needsToken)) return;
  throw new HttpFailure(
    401,
    'SessionRequired',
    'This needs the session token of the printed address.',
    access.command,
  );
}

function sendFile(
  { method }: IncomingMessage,
  response: ServerResponse,
  path: string,
  fileAt: (path: string) => StaticFile | undefined,
): void {
  if (method !== 'GET' && method !== 'HEAD') {
    throw new HttpFailure(405, 'InvalidInput', `${method} is not answered here.`);
  }
  if (!path.startsWith(UI_PREFIX)) {
    const isRoot = path === '/' || path === UI_PREFIX.slice(0, -1);
    if (!isRoot) throw notFound('such path');
    response.writeHead(302, { Location: UI_PREFIX }).end();
    return;
  }
  const file = fileAt(path.slice(UI_PREFIX.length));
  if (file === undefined) throw notFound('such file');
  response.writeHead(200, { 'Content-Type': file.type, 'Content-Length': file.body.length });
  response.end(method === 'HEAD' ? undefined : file.body);
}

function sendJson(response: ServerResponse, status: number, value: unknown): void {
  if (response.destroyed) return;
  const body = Buffer.from(`${JSON.stringify(value)}\n`);
  response.writeHead(status, {
    'Content-Type': 'application/json; charset=utf-8',
    'Content-Length': body.length,
  });
  response.end(body);
}
