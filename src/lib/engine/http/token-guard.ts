import { createHash, timingSafeEqual } from 'node:crypto';
import type { Engine } from '../engine.ts';
import type { CallRequest } from './call.ts';

/** Says why a request is refused; undefined for one that may go on. */
export type TokenGuard = (request: CallRequest) => string | undefined;

const REFUSAL =
  'This engine asks for its token: as AWS_SESSION_TOKEN of an AWS client, or as Authorization: Bearer TOKEN.';

/**
 * Lets in who shows the engine's token: AWS clients as their session token (`X-Amz-Security-Token`, in the query string
 * of a presigned URL), others as a bearer token. Keys that the engine gave out are let in by their access key id, which
 * is as hard to guess.
 *
 * @param token undefined where only this machine reaches the engine
 */
export function tokenGuard(token: string | undefined, engine: Pick<Engine, 'sts'>): TokenGuard {
  if (token === undefined) return () => undefined;
  const expected = digest(token);
  return ({ headers, url = '' }) => {
    // It tells nothing of what the engine holds, and a container's health check has no token.
    if (url === '/_pubsub/health') return undefined;
    const { authorization } = headers;
    const shown = [
      headers['x-amz-security-token'],
      /^Bearer (.+)$/i.exec(authorization ?? '')?.[1],
      new URL(url, 'http://localhost').searchParams.get('X-Amz-Security-Token'),
    ];
    if (shown.some((each) => typeof each === 'string' && equal(digest(each), expected))) {
      return undefined;
    }
    const [, accessKeyId = ''] = /Credential=([^/,\s]+)/.exec(authorization ?? '') ?? [];
    return engine.sts.session(accessKeyId) === undefined ? REFUSAL : undefined;
  };
}

function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}

function equal(a: Buffer, b: Buffer): boolean {
  return timingSafeEqual(a, b);
}
