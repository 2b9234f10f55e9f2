import { randomBytes } from 'node:crypto';
import { request as httpRequest, type IncomingMessage, type ServerResponse } from 'node:http';
import { PAGE_PREFIX, pageUrl } from '../../process/page-address.ts';
import { PASSED_HEADER, type ToPageProcess } from '../../process/page-protocol.ts';
import { newSessionToken } from '../../process/session-token.ts';
import { createOnDemandProcess } from '../background/on-demand-process.ts';
import { refuse } from '../http/listener.ts';

/** The process that serves the page; the first request for it starts one, and the next after it ended another. */
export interface PageProcess {
  /** The page's address with the session token that lets it change something. @param endpoint the engine's URL. */
  url(endpoint: string): string;
  /** Passes a request on, and its answer back. */
  pass(request: IncomingMessage, response: ServerResponse, endpoint: string): void;
  /** Ends the process. */
  stop(): Promise<void>;
}

/** How an engine is reached by its page. */
export type PageOptions = Pick<ToPageProcess, 'engineToken' | 'stateDir' | 'isLocal'>;

/** @param options of the engine that the page is for. */
export function createPageProcess(options: PageOptions): PageProcess {
  const secret = randomBytes(32).toString('base64url');
  const session = newSessionToken();
  const page = createOnDemandProcess<{ readonly port: number }>('its process', ['dashboard.js']);
  let isStopped = false;

  return {
    url: (endpoint) => pageUrl(endpoint, session),
    pass(request, response, endpoint) {
      if (isStopped) return refuse(response, 503, 'The engine is stopping.');
      const first: ToPageProcess = { kind: 'serve', endpoint, session, secret, ...options };
      page.ready(first).then(
        ({ at: { port } }) => forward(request, response, port, secret),
        (error: Error) => {
          request.resume();
          refuse(response, 503, `The page can not be served: ${error.message}.`);
        },
      );
    },
    stop() {
      isStopped = true;
      return page.stop();
    },
  };
}

/** Passes bytes on as they come, both ways: a slow reader holds up its own connection and nothing else. */
function forward(
  request: IncomingMessage,
  response: ServerResponse,
  port: number,
  secret: string,
): void {
  if (response.destroyed) return;
  const { method, url, headers } = request;
  const passed = httpRequest(
    {
      host: '127.0.0.1',
      port,
      method,
      path: url,
      headers: { ...headers, [PASSED_HEADER]: secret },
      agent: false,
    },
    (answer) => {
      const { 'keep-alive': _, connection: __, ...told } = answer.headers;
      response.writeHead(answer.statusCode ?? 502, told);
      answer.pipe(response);
      answer.once('error', () => response.destroy());
    },
  );
  passed.on('error', () => {
    if (response.headersSent) response.destroy();
    else refuse(response, 502, 'The process that serves the page ended. Ask again.');
  });
  response.once('close', () => passed.destroy());
  request.pipe(passed);
}

/** Whether a request is for the page: its address, or the root that a browser asks for. */
export function isPageRequest({ url = '', method, headers }: IncomingMessage): boolean {
  const [path] = url.split('?');
  if (path === PAGE_PREFIX || path?.startsWith(`${PAGE_PREFIX}/`)) return true;
  return url === '/' && method === 'GET' && wantsHtml(headers.accept);
}

/** Browsers name HTML before anything else; SDKs and the `aws` command never do. */
function wantsHtml(accept: string | undefined): boolean {
  return accept?.split(',').some((each) => each.trim().startsWith('text/html')) ?? false;
}
