import type { IncomingMessage, ServerResponse } from 'node:http';
import { SERVICES } from '../../rules/services.ts';
import { VERSION } from '../../rules/version.ts';
import type { Engine } from '../engine.ts';
import type { Services } from '../services/index.ts';
import { isMessagesPath, sendEveryMessage } from './every-message.ts';
import { sendJson } from './send-json.ts';

// Paths of LocalStack and moto that suites call beside the AWS API: those that this engine can answer.

const PREFIXES = ['/_localstack/', '/_aws/', '/moto-api/'] as const;

/** Whether a request is for a path that other engines have beside the AWS API. */
export function isOtherEnginePath({ url = '' }: IncomingMessage): boolean {
  return PREFIXES.some((prefix) => url.startsWith(prefix));
}

/** Answers them. What this engine hasn't got is refused by name. They are documented in docs/moving-over.md. */
export async function answerAsOtherEngine(
  engine: Engine,
  services: Services,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const { pathname } = new URL(request.url ?? '', 'http://localhost');
  const isPost = request.method === 'POST';
  if (pathname === '/_localstack/health') {
    const services = Object.fromEntries(SERVICES.map((name) => [name, 'running']));
    // Health checks in shell look for `"sqs": "running"`, with the blank.
    return sendJson(
      response,
      200,
      { services, edition: 'pubsub', version: VERSION },
      { indent: 1 },
    );
  }
  if (pathname === '/_localstack/state/reset' && isPost) {
    await engine.reset();
    return sendJson(response, 200, {});
  }
  if (pathname === '/moto-api/reset' && isPost) {
    await engine.reset();
    return sendJson(response, 200, { status: 'ok' });
  }
  if (isMessagesPath(pathname)) {
    return sendEveryMessage({ engine, services }, request, response);
  }
  sendJson(response, 404, {
    error: `${request.method} ${pathname} is not in this engine: see docs/moving-over.md for what is`,
  });
}
