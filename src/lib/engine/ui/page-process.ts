import { type ChildProcess, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { request as httpRequest, type IncomingMessage, type ServerResponse } from 'node:http';
import {
  type FromPageProcess,
  PAGE_PREFIX,
  PASSED_HEADER,
  type ToPageProcess,
} from '../../process/page-protocol.ts';
import { builtProgram } from '../background/built-program.ts';
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

interface Running {
  readonly child: ChildProcess;
  readonly port: number;
  readonly ended: Promise<void>;
}

/** How an engine is reached by its page. */
export type PageOptions = Pick<ToPageProcess, 'engineToken' | 'stateDir' | 'isLocal'>;

/** @param options of the engine that the page is for. */
export function createPageProcess(options: PageOptions): PageProcess {
  const secret = randomBytes(32).toString('base64url');
  // 128 bits: the address fits a terminal of 80 columns.
  const session = randomBytes(16).toString('base64url');
  let running: Promise<Running> | undefined;
  let isStopped = false;

  const ready = (endpoint: string): Promise<Running> => {
    if (running) return running;
    const forget = (): void => {
      if (running === started) running = undefined;
    };
    const started: Promise<Running> = start(
      { kind: 'serve', endpoint, session, secret, ...options },
      forget,
    );
    started.catch(forget);
    running = started;
    return started;
  };

  return {
    url: (endpoint) => `${endpoint}${PAGE_PREFIX}/#session=${session}`,
    pass(request, response, endpoint) {
      if (isStopped) return refuse(response, 503, 'The engine is stopping.');
      ready(endpoint).then(
        ({ port }) => forward(request, response, port, secret),
        (error: Error) => {
          request.resume();
          refuse(response, 503, `The page can not be served: ${error.message}.`);
        },
      );
    },
    async stop() {
      isStopped = true;
      const current = await running?.catch(() => undefined);
      if (current === undefined) return;
      current.child.kill('SIGTERM');
      await current.ended;
    },
  };
}

/** Starts the process. @param onEnd told when it is gone, however it went. */
async function start(message: ToPageProcess, onEnd: () => void): Promise<Running> {
  const child = spawn(process.execPath, [builtProgram('dashboard.js')], {
    stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
    // It finds the engine by what it is told, and nothing else: no AWS credentials of the engine's starter.
    env: {},
    windowsHide: true,
  });
  const ended = new Promise<void>((resolve) => {
    child.once('exit', () => {
      onEnd();
      resolve();
    });
  });
  return new Promise<Running>((resolve, reject) => {
    child.on('message', (told: FromPageProcess) => {
      if (told.kind === 'ready') resolve({ child, port: told.port, ended });
      else reject(new Error(told.message));
    });
    child.on('error', (error) => {
      onEnd();
      reject(error);
    });
    void ended.then(() => reject(new Error('its process ended before it was ready')));
    child.send(message, () => undefined);
  });
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
  return path === '/' && method === 'GET' && url === '/' && wantsHtml(headers.accept);
}

/** Browsers name HTML before anything else; SDKs and the `aws` command never do. */
function wantsHtml(accept: string | undefined): boolean {
  return accept?.split(',').some((each) => each.trim().startsWith('text/html')) ?? false;
}
