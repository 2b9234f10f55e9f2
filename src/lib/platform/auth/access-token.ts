import { randomUUID } from 'node:crypto';
import { SignJWT } from 'jose';
import { TOKEN_ALGORITHM, TOKEN_AUDIENCE, TOKEN_ISSUER } from '../service/tokens.ts';
import type { SigningKeys } from './signing-keys.ts';

/** Seconds that a token is good for, by whom it is given to. */
export const TOKEN_LIFETIME_S = { user: 10 * 60, service: 5 * 60 } as const;

/** Whom a token is for. */
export type TokenSubject =
  | {
      readonly kind: 'user';
      readonly id: number;
      readonly roles: readonly string[];
      readonly session: string;
    }
  | { readonly kind: 'service'; readonly id: string; readonly roles: readonly string[] };

/** Signs access tokens. */
export interface AccessTokens {
  /** @returns a JWT, signed with ES256. @throws what the database of the keys throws */
  issue(subject: TokenSubject): Promise<string>;
}

/** @param now milliseconds since 1970 */
export function createAccessTokens(keys: SigningKeys, now: () => number = Date.now): AccessTokens {
  return {
    issue: async (subject) => {
      const { kid, key } = await keys.current();
      const issued = Math.floor(now() / 1000);
      const session = subject.kind === 'user' ? { sid: subject.session } : {};
      return new SignJWT({ roles: [...subject.roles], ...session })
        .setProtectedHeader({ alg: TOKEN_ALGORITHM, kid, typ: 'JWT' })
        .setIssuer(TOKEN_ISSUER)
        .setAudience(TOKEN_AUDIENCE)
        .setSubject(`${subject.kind}:${subject.id}`)
        .setJti(randomUUID())
        .setIssuedAt(issued)
        .setExpirationTime(issued + TOKEN_LIFETIME_S[subject.kind])
        .sign(key);
    },
  };
}
