import { get, type IncomingMessage } from 'node:http';
import type { Aws } from './clients.ts';

/** Milliseconds until an endpoint that does not answer counts as one that is not an engine. */
const PATIENCE = 2_000;
/** Answers longer than this, in characters, come from something else. */
const LONGEST = 16 * 1024 * 1024;

/**
 * The address of the embedded engine that calls go to, as the local one or by its endpoint (`pubsub local env`).
 * @returns undefined where something else answers, or nobody.
 */
export async function engineAddress(aws: Aws): Promise<string | undefined> {
  const { kind, endpoint } = aws;
  if (kind === 'aws' || endpoint === undefined) return undefined;
  if (kind !== 'local' && !isHealth(await observed(aws, '/_pubsub/health'))) return undefined;
  return endpoint.replace(/\/$/, '');
}

function isHealth(answer: unknown): boolean {
  return typeof answer === 'object' && answer !== null && 'instance' in answer;
}

/** The JSON at one of the engine's own paths; undefined where there is none. Never throws. */
export async function observed(aws: Aws, path: string, patienceMs = PATIENCE): Promise<unknown> {
  const answer = await observe(aws, path, patienceMs);
  if (answer === undefined) return undefined;
  return new Promise((resolve) => {
    let body = '';
    answer.setEncoding('utf8');
    answer.on('data', (chunk: string) => {
      body += chunk;
      if (body.length > LONGEST) answer.destroy();
    });
    answer.on('error', () => undefined);
    answer.on('close', () => resolve(answer.statusCode === 200 ? parsed(body) : undefined));
  });
}

/** The answer of one of the engine's own paths, to be read or destroyed; undefined where nobody answers. */
export function observe(
  { kind, endpoint, engineToken }: Aws,
  path: string,
  patienceMs = PATIENCE,
): Promise<IncomingMessage | undefined> {
  if (kind === 'aws' || !endpoint?.startsWith('http:')) return Promise.resolve(undefined);
  return new Promise((resolve) => {
    const headers = engineToken === undefined ? {} : { Authorization: `Bearer ${engineToken}` };
    const options = { agent: false, timeout: patienceMs, headers };
    const request = get(new URL(path, endpoint), options, resolve);
    request.on('timeout', () => request.destroy());
    request.on('error', () => resolve(undefined));
  });
}

function parsed(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    return undefined;
  }
}
