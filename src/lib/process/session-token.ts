import { randomBytes } from 'node:crypto';

/** A session token for a page: 128 random bits, so that the address fits a terminal of 80 columns. */
export function newSessionToken(): string {
  return randomBytes(16).toString('base64url');
}
