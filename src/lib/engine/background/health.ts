import { get } from 'node:http';
import type { Health } from '../observe/endpoints.ts';

/** What was found at an engine's endpoint. */
export type HealthCheck =
  | { readonly kind: 'engine'; readonly health: Health }
  /** Something else answers there. */
  | { readonly kind: 'other'; readonly server: string | undefined }
  | { readonly kind: 'nobody' }
  /** Connected, and no answer in time. */
  | { readonly kind: 'silent' };

/** The path of the health check, outside the AWS API. */
const PATH = '/_pubsub/health';

/** Answers longer than this, in characters, come from something else. */
const LONGEST = 10_000;

/**
 * Asks who answers at an endpoint.
 *
 * @param timeout in milliseconds
 */
export function checkHealth(endpoint: string, timeout: number): Promise<HealthCheck> {
  return new Promise((resolve) => {
    const request = get(endpoint + PATH, { agent: false, timeout }, (response) => {
      const server = response.headers.server?.toString();
      let body = '';
      response.setEncoding('utf8');
      response.on('data', (chunk: string) => {
        body += chunk;
        if (body.length > LONGEST) response.destroy();
      });
      response.on('close', () => {
        const health = parseHealth(body);
        resolve(health === undefined ? { kind: 'other', server } : { kind: 'engine', health });
      });
    });
    request.on('timeout', () => {
      resolve({ kind: 'silent' });
      request.destroy();
    });
    request.on('error', (error: NodeJS.ErrnoException) => {
      // What speaks no HTTP is still something.
      const refused = error.code === 'ECONNREFUSED' || error.code === 'ECONNRESET';
      resolve(refused ? { kind: 'nobody' } : { kind: 'other', server: undefined });
    });
  });
}

const STATES: ReadonlySet<string> = new Set<Health['status']>(['ok', 'degraded', 'starting']);

function parseHealth(body: string): Health | undefined {
  try {
    const health = JSON.parse(body) as Partial<Health> | null;
    const { status, instance } = health ?? {};
    const known = status !== undefined && STATES.has(status) && typeof instance === 'string';
    return known ? (health as Health) : undefined;
  } catch {
    return undefined;
  }
}
