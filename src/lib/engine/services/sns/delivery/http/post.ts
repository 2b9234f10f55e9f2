import { Agent as HttpAgent, request as httpRequest } from 'node:http';
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https';

/** How an endpoint answered, or why it didn't. */
export type Answer = { readonly status: number } | { readonly error: string };

/** "Amazon SNS waits 15 seconds for a response" (HTTP/S endpoints), in milliseconds. */
const TIMEOUT_MS = 15_000;
/** Sockets to one endpoint at a time. */
const MAX_SOCKETS = 20;

/** Sends requests as SNS does: no redirects are followed, bodies of answers are thrown away. */
export class Poster {
  readonly #http = new HttpAgent({ keepAlive: true, maxSockets: MAX_SOCKETS });
  // Endpoints on this machine have certificates of their own making.
  readonly #localHttps = new HttpsAgent({
    keepAlive: true,
    maxSockets: MAX_SOCKETS,
    rejectUnauthorized: false,
  });
  readonly #https = new HttpsAgent({ keepAlive: true, maxSockets: MAX_SOCKETS });

  /** Never rejects. */
  post(url: URL, headers: Readonly<Record<string, string>>, body: string): Promise<Answer> {
    const secure = url.protocol === 'https:';
    const httpsAgent = isLoopback(url.hostname) ? this.#localHttps : this.#https;
    return new Promise((resolve) => {
      const options = {
        method: 'POST',
        agent: secure ? httpsAgent : this.#http,
        headers: { ...headers, 'Content-Length': Buffer.byteLength(body) },
        auth: url.username === '' ? undefined : credentials(url),
        timeout: TIMEOUT_MS,
      };
      const request = (secure ? httpsRequest : httpRequest)(url, options, (response) => {
        response.resume();
        resolve({ status: response.statusCode ?? 0 });
      });
      request.on('timeout', () =>
        request.destroy(new Error(`no answer within ${TIMEOUT_MS / 1000} s`)),
      );
      request.on('error', (error) => resolve({ error: error.message || error.name }));
      request.end(body);
    });
  }

  /** Cuts off what is under way. */
  close(): void {
    for (const agent of [this.#http, this.#https, this.#localHttps]) agent.destroy();
  }
}

function credentials({ username, password }: URL): string {
  return `${decodeURIComponent(username)}:${decodeURIComponent(password)}`;
}

/** Whether a host of a URL is this machine. */
export function isLoopback(hostname: string): boolean {
  return hostname === 'localhost' || hostname === '[::1]' || /^127(?:\.\d{1,3}){3}$/.test(hostname);
}
