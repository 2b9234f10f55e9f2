import { createServer, request as httpRequest, type IncomingMessage } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { type Aws, createAws } from '../../src/lib/aws/clients.ts';
import { resolveSettings } from '../../src/lib/config/settings.ts';

/** A request on its way, as a test may look at it. */
export interface ProxiedRequest {
  /** The action, such as `ReceiveMessage`. */
  readonly action: string;
  readonly body: string;
}

/** What to do with a request instead of passing it on. */
export type Verdict =
  /** The connection breaks before the request reaches the endpoint. */
  | 'cut'
  /** The endpoint does its work, and its answer gets lost. */
  | 'lose-answer'
  | { readonly status: number; readonly error: string }
  /** Passes it on with another body. */
  | { readonly body: string }
  /** Changes the answer on its way back. */
  | { readonly answer: (body: string) => string };

/** A real HTTP proxy in front of an endpoint. */
export interface TestProxy {
  readonly url: string;
  /** Clients whose calls go through the proxy. */
  readonly aws: Aws;
  /** Requests that came in, by action. */
  readonly counts: ReadonlyMap<string, number>;
  /** Asked for every request; undefined passes it on. */
  rule: (request: ProxiedRequest) => Verdict | undefined;
  close(): Promise<void>;
}

/** Starts a proxy on a free port of 127.0.0.1. */
export async function startProxy(endpoint: string): Promise<TestProxy> {
  const target = new URL(endpoint);
  const counts = new Map<string, number>();
  const sockets = new Set<Socket>();
  const server = createServer((request, response) => {
    void readAll(request).then((body) => {
      const action = actionOf(request, body);
      counts.set(action, (counts.get(action) ?? 0) + 1);
      const verdict = proxy.rule({ action, body });
      if (verdict === 'cut') {
        request.socket.destroy();
        return;
      }
      if (typeof verdict === 'object' && 'status' in verdict) {
        const fault = JSON.stringify({ __type: verdict.error, message: 'said by the proxy' });
        response.writeHead(verdict.status, { 'Content-Type': 'application/x-amz-json-1.0' });
        response.end(fault);
        return;
      }
      const { 'content-length': _, ...headers } = request.headers;
      const onward = httpRequest(
        {
          host: target.hostname,
          port: target.port,
          path: request.url,
          method: request.method,
          headers,
        },
        (answer) => {
          void readAll(answer).then((text) => {
            if (verdict === 'lose-answer') {
              request.socket.destroy();
              return;
            }
            const { 'content-length': __, ...answerHeaders } = answer.headers;
            response.writeHead(answer.statusCode ?? 502, answerHeaders);
            response.end(
              typeof verdict === 'object' && 'answer' in verdict ? verdict.answer(text) : text,
            );
          });
        },
      );
      onward.on('error', () => request.socket.destroy());
      // A client that gives up a long poll gives it up at the endpoint too.
      response.on('close', () => onward.destroy());
      onward.end(typeof verdict === 'object' && 'body' in verdict ? verdict.body : body);
    });
  });
  server.on('connection', (socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const settings = await resolveSettings({ endpointUrl: url, region: 'us-east-1' }, {}, '/');
  const aws = await createAws(settings);
  const proxy: TestProxy = {
    url,
    aws,
    counts,
    rule: () => undefined,
    close: async () => {
      aws.close();
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
  return proxy;
}

async function readAll(stream: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  try {
    for await (const chunk of stream) chunks.push(chunk as Buffer);
  } catch {
    // Cut off on the way: what came so far is passed on, and nobody listens any more.
  }
  return Buffer.concat(chunks).toString('utf8');
}

/** The action's name: in a header with the JSON protocol, in the form with the Query one. */
function actionOf(request: IncomingMessage, body: string): string {
  const target = request.headers['x-amz-target'];
  if (typeof target === 'string') return target.slice(target.indexOf('.') + 1);
  return new URLSearchParams(body).get('Action') ?? '';
}
