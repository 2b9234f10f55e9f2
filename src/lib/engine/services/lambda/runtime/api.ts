import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { addressGuard } from '../../../http/address-guard.ts';
import { ownsConnection } from './connection-owner.ts';
import { failure, type Invocation, type InvocationResult } from './invocation.ts';

/** What the runtime in an execution environment tells. */
export interface RuntimeEvents {
  /** It asks for its first event: its handler is loaded. */
  onReady(): void;
  /** Its handler could not be loaded. @param error JSON. */
  onInitError(error: string): void;
}

/** The Runtime API of one execution environment. */
export interface RuntimeApi {
  /** `127.0.0.1:<port>`, for `AWS_LAMBDA_RUNTIME_API`. */
  readonly address: string;
  /** Hands out an event; undefined where it was withdrawn. MUST NOT be called while another one is out. */
  invoke(invocation: Invocation): Promise<InvocationResult | undefined>;
  /** Takes back an event that the runtime hasn't asked for yet. */
  withdraw(): void;
  /** Ends what is out with an error that the runtime did not give, and says that it takes no more. */
  abandon(errorType: string, reason: string): void;
  close(): void;
}

/** AWS's bound on a response (Lambda quotas, "Invocation payload"): 6 MB. */
const MAX_RESPONSE_BYTES = 6_291_556;
const BASE = '/2018-06-01/runtime/';

interface Out {
  readonly invocation: Invocation;
  readonly settle: (result: InvocationResult | undefined) => void;
  sent: boolean;
}

/**
 * Serves the Runtime API (version 2018-06-01) to one process and what it has started, on a port of its own.
 *
 * @param pid of the process, once it runs.
 * @see https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html
 */
export async function serveRuntimeApi(
  events: RuntimeEvents,
  pid: () => number | undefined,
): Promise<RuntimeApi> {
  let out: Out | undefined;
  let waiting: ServerResponse | undefined;
  let ready = false;
  const handOut = (): void => {
    if (waiting === undefined || out === undefined || out.sent) return;
    const { invocation } = out;
    out.sent = true;
    send(waiting, 200, invocation.payload, {
      'Lambda-Runtime-Aws-Request-Id': invocation.requestId,
      'Lambda-Runtime-Deadline-Ms': String(invocation.deadline),
      'Lambda-Runtime-Invoked-Function-Arn': invocation.functionArn,
      ...(invocation.traceId && { 'Lambda-Runtime-Trace-Id': invocation.traceId }),
      ...(invocation.clientContext && {
        'Lambda-Runtime-Client-Context': headerText(invocation.clientContext),
      }),
    });
    waiting = undefined;
  };
  const settle = (result: InvocationResult | undefined): void => {
    const ended = out;
    out = undefined;
    ended?.settle(result);
  };
  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const path = (request.url ?? '').split('?')[0] ?? '';
    if (!path.startsWith(BASE)) return refuse(response, 404, 'InvalidPath');
    const route = path.slice(BASE.length);
    if (request.method === 'GET' && route === 'invocation/next') {
      waiting = response;
      // A program that gave up asking (`curl --max-time`) must not be handed the event.
      response.once('close', () => {
        if (waiting === response) waiting = undefined;
      });
      if (!ready) events.onReady();
      ready = true;
      handOut();
      return;
    }
    const { body, bytes } = await readBody(request);
    if (request.method !== 'POST') return refuse(response, 405, 'InvalidMethod');
    if (route === 'init/error') {
      events.onInitError(body);
      return accept(response);
    }
    const [, requestId, end] = /^invocation\/([^/]+)\/(response|error)$/.exec(route) ?? [];
    if (end === undefined) return refuse(response, 404, 'InvalidPath');
    if (out?.invocation.requestId !== requestId || !out?.sent) {
      return refuse(response, 400, 'InvalidRequestID');
    }
    if (bytes > MAX_RESPONSE_BYTES) {
      settle(tooLarge(bytes));
      const told = `Exceeded maximum allowed payload size (${MAX_RESPONSE_BYTES} bytes).`;
      return refuse(response, 413, 'RequestEntityTooLarge', told);
    }
    const failed = end === 'error' ? body : errorInTrailers(request);
    settle(
      failed === undefined
        ? { ok: true, payload: body }
        : { ok: false, payload: failed, alive: true },
    );
    accept(response);
  };
  const foreignAddress = addressGuard();
  const isForeign = (request: IncomingMessage): boolean =>
    !ownsConnection(request.socket, pid()) ||
    // A web page may be shown by what the function has started; no runtime sends what browsers do.
    request.headers.origin !== undefined ||
    foreignAddress(request) !== undefined;
  const server = createServer((request, response) => {
    if (isForeign(request)) {
      refuse(response, 403, 'Forbidden');
      return;
    }
    answer(request, response).catch(() => response.destroy());
  });
  server.keepAliveTimeout = 0;
  const port = await listen(server);
  return {
    address: `127.0.0.1:${port}`,
    invoke: (invocation) =>
      new Promise((resolve) => {
        out = { invocation, settle: resolve, sent: false };
        handOut();
      }),
    withdraw() {
      if (out?.sent === false) settle(undefined);
    },
    abandon(errorType, reason) {
      const requestId = out?.invocation.requestId ?? '';
      settle(failure(errorType, `RequestId: ${requestId} Error: ${reason}`, false));
    },
    close() {
      server.close();
      server.closeAllConnections();
    },
  };
}

function tooLarge(bytes: number): InvocationResult {
  return failure(
    'Function.ResponseSizeTooLarge',
    `Response payload size (${bytes} bytes) exceeded maximum allowed payload size (${MAX_RESPONSE_BYTES} bytes).`,
    true,
  );
}

/** A body as text, and how long it was: of one over the bound nothing is kept. */
async function readBody(
  request: IncomingMessage,
): Promise<{ readonly body: string; readonly bytes: number }> {
  let chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request) {
    bytes += (chunk as Buffer).length;
    if (bytes > MAX_RESPONSE_BYTES) chunks = [];
    else chunks.push(chunk as Buffer);
  }
  return { body: Buffer.concat(chunks).toString('utf8'), bytes };
}

/** "Error type and body … in the trailers" is how a runtime that streams a response tells that it failed midway. */
function errorInTrailers({ trailers }: IncomingMessage): string | undefined {
  if (trailers['lambda-runtime-function-error-type'] === undefined) return undefined;
  return Buffer.from(
    String(trailers['lambda-runtime-function-error-body'] ?? ''),
    'base64',
  ).toString('utf8');
}

function send(
  response: ServerResponse,
  status: number,
  body: string,
  headers: Readonly<Record<string, string>> = {},
): void {
  response.writeHead(status, {
    'Content-Type': 'application/json',
    'Content-Length': Buffer.byteLength(body),
    ...headers,
  });
  response.end(body);
}

function accept(response: ServerResponse): void {
  send(response, 202, '{"status":"OK"}');
}

function refuse(
  response: ServerResponse,
  status: number,
  errorType: string,
  errorMessage = errorType,
): void {
  send(response, status, JSON.stringify({ errorType, errorMessage }));
}

function listen(server: Server): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => resolve((server.address() as AddressInfo).port));
  });
}

/** Base64 of JSON as text that a header can carry: other characters than ASCII's as JSON escapes them. */
function headerText(base64: string): string {
  return Buffer.from(base64, 'base64')
    .toString()
    .replace(/[\r\n]+/g, ' ')
    .replace(
      /[^ -~]/g,
      (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
    );
}
