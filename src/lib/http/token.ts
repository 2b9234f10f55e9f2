import { createHash, timingSafeEqual } from 'node:crypto';
import { Problem } from './problem.ts';

/**
 * Checks bearer tokens in constant time: hashes of one length are compared, so neither the length nor a right beginning
 * shows in the time (RFC 6750).
 * @returns a check of an `Authorization` header. It throws a Problem 401.
 */
export function tokenCheck(token: string): (authorization: string | undefined) => void {
  const expected = digest(token);
  return (authorization) => {
    const given = /^bearer +(.+)$/i.exec(authorization ?? '')?.[1];
    if (given !== undefined && timingSafeEqual(digest(given), expected)) return;
    const error = given === undefined ? '' : ', error="invalid_token"';
    throw new Problem(
      401,
      'Unauthorized',
      given === undefined
        ? 'Send the token: Authorization: Bearer <token>.'
        : 'This is not the token.',
      { headers: { 'www-authenticate': `Bearer realm="pubsub"${error}` } },
    );
  };
}

function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
