import { request as httpRequest, type IncomingMessage, type ServerResponse } from 'node:http';
import { sourceIpOf } from '../../../http/source-ip.ts';
import { newTraceRoot } from '../../../trace-root.ts';
import type { RegisteredTarget } from './targets.ts';

/** Headers of one connection (RFC 9110, 7.6.1): they aren't passed on. */
const OF_CONNECTION = ['connection', 'keep-alive', 'proxy-connection', 'te', 'trailer', 'upgrade'];
const TITLES: Readonly<Record<number, string>> = {
  502: 'Bad Gateway',
  503: 'Service Temporarily Unavailable',
  504: 'Gateway Time-out',
};

/** Answers as a load balancer does that has no answer of a target. */
export function refuseRequest(response: ServerResponse, status: 502 | 503 | 504): void {
  if (response.headersSent || response.destroyed) {
    response.destroy();
    return;
  }
  const title = `${status} ${TITLES[status]}`;
  response.writeHead(status, { server: 'awselb/2.0', 'content-type': 'text/html' });
  response.end(
    `<html>\r\n<head><title>${title}</title></head>\r\n<body>\r\n<center><h1>${title}</h1></center>\r\n</body>\r\n</html>\r\n`,
  );
}

/**
 * Passes a request on to a target and its answer back, as the bytes come. 502 where the target doesn't answer as HTTP
 * does, 504 where it doesn't in time.
 *
 * @param listenerPort as the template has it. @param idleMs for which nothing may come of the target
 * @see https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-troubleshooting.html
 */
export function forwardRequest(
  request: IncomingMessage,
  response: ServerResponse,
  target: RegisteredTarget,
  { listenerPort, idleMs }: { readonly listenerPort: number; readonly idleMs: number },
): void {
  const end = target.begin();
  let isLate = false;
  const passed = httpRequest(
    {
      host: target.host,
      port: target.port,
      method: request.method,
      path: request.url,
      headers: passedHeaders(request, listenerPort),
      setHost: false,
      agent: false,
    },
    (answer) => {
      const headers = Object.fromEntries(
        Object.entries(answer.headers).filter(([name]) => !OF_CONNECTION.includes(name)),
      );
      response.writeHead(answer.statusCode ?? 502, headers);
      answer.pipe(response);
      answer.once('error', () => response.destroy());
    },
  );
  passed.setTimeout(idleMs, () => {
    isLate = true;
    passed.destroy();
  });
  passed.on('error', () => refuseRequest(response, isLate ? 504 : 502));
  response.once('close', () => {
    passed.destroy();
    end();
  });
  request.pipe(passed);
}

/** "X-Forwarded headers" of Application Load Balancers, and the trace that begins or goes on here. */
function passedHeaders(request: IncomingMessage, listenerPort: number) {
  const { headers } = request;
  const kept = Object.entries(headers).filter(([name]) => !OF_CONNECTION.includes(name));
  const client = sourceIpOf(request);
  const before = headers['x-forwarded-for'];
  return {
    ...Object.fromEntries(kept),
    connection: 'close',
    'x-forwarded-for': before === undefined ? client : `${String(before)}, ${client}`,
    'x-forwarded-proto': 'http',
    'x-forwarded-port': String(listenerPort),
    'x-amzn-trace-id': headers['x-amzn-trace-id'] ?? newTraceRoot(Date.now()),
  };
}
