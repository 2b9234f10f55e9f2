import { randomBytes } from 'node:crypto';
import type { Credentials } from '@aws-sdk/client-sts';
import type { StsContext } from './context.ts';
import type { Session } from './state.ts';
import { toBase32 } from './unique-ids.ts';

/**
 * Makes temporary keys for a session and remembers whose they are.
 *
 * @param seconds how long they hold
 */
export function issueCredentials(
  ctx: Pick<StsContext, 'clock' | 'state'>,
  session: Omit<Session, 'expires'>,
  seconds: number,
): Credentials {
  const now = ctx.clock.now();
  // AWS gives whole seconds.
  const expires = (Math.floor(now / 1000) + seconds) * 1000;
  const accessKeyId = `ASIA${toBase32(randomBytes(16))}`;
  ctx.state.remember(accessKeyId, { ...session, expires });
  return {
    AccessKeyId: accessKeyId,
    SecretAccessKey: randomBytes(30).toString('base64'),
    SessionToken: randomBytes(240).toString('base64'),
    Expiration: new Date(ctx.clock.timestamp(expires)),
  };
}
