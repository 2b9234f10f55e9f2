import { createHash, randomBytes } from 'node:crypto';
import type { Credentials } from '@aws-sdk/client-sts';
import type { StsContext } from './context.ts';
import type { Session } from './state.ts';

const BASE32 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';

/**
 * Makes temporary keys for a session and remembers whose they are.
 *
 * @param seconds how long they hold
 */
export function issueCredentials(
  ctx: StsContext,
  session: Omit<Session, 'expires'>,
  seconds: number,
): Credentials {
  const now = ctx.clock.now();
  // AWS gives whole seconds.
  const expires = (Math.floor(now / 1000) + seconds) * 1000;
  const accessKeyId = `ASIA${randomBase32(16)}`;
  ctx.state.remember(accessKeyId, { ...session, expires });
  return {
    AccessKeyId: accessKeyId,
    SecretAccessKey: randomBytes(30).toString('base64'),
    SessionToken: randomBytes(240).toString('base64'),
    Expiration: new Date(ctx.clock.timestamp(expires)),
  };
}

/** The unique id that IAM would give a role: the same for the same role each time. */
export function roleId(roleArn: string): string {
  const digest = createHash('sha256').update(roleArn).digest();
  return `AROA${toBase32(digest.subarray(0, 17))}`;
}

function randomBase32(length: number): string {
  return toBase32(randomBytes(length));
}

function toBase32(bytes: Uint8Array): string {
  let text = '';
  for (const byte of bytes) text += BASE32[byte % 32];
  return text;
}
