import type { FastifyReply, FastifyRequest } from 'fastify';
import { type Caller, requireRole } from '../service/caller.ts';
import type { TokenCheck } from '../service/tokens.ts';
import type { RateLimits } from './rate-limits.ts';
import type { Access } from './route-table.ts';

/** Lets a request in. @throws Problem 401, 403, 429, or 503 while tokens can't be checked */
export type Admission = (
  request: FastifyRequest,
  reply: FastifyReply,
  access: Access,
) => Promise<Caller | undefined>;

/**
 * Checks tokens and limits. A token that was verified before counts for its owner; everything else counts for its
 * address first, so that nobody makes the gateway verify signatures without end.
 * @returns resolves with the caller, or undefined where anybody may ask
 */
export function createAdmission(tokens: TokenCheck, limits: RateLimits): Admission {
  const identify = async (request: FastifyRequest, access: Access): Promise<Caller | undefined> => {
    if (access !== 'anybody') {
      const known = tokens.remembered(request.headers);
      if (known !== undefined) return known;
    }
    await limits.ofAddress(request.ip);
    return access === 'anybody' ? undefined : tokens.authenticate(request.headers);
  };
  return async (request, reply, access) => {
    const caller = await identify(request, access);
    if (caller === undefined) return undefined;
    reply.headers(await limits.ofCaller(`${caller.kind}:${caller.id}`));
    if (access === 'admin') requireRole(caller, 'admin');
    return caller;
  };
}
