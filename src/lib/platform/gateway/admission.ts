import type { FastifyReply, FastifyRequest } from 'fastify';
import { clientNetwork } from '../../http/client-network.ts';
import { type Caller, requireRole } from '../service/caller.ts';
import type { TokenCheck } from '../service/tokens.ts';
import type { RateLimits } from './rate-limits.ts';
import type { Access } from './route-table.ts';

/**
 * Lets a request in.
 * @returns whose it is: such as `user:7`, or `address:192.0.2.1` where anybody may ask
 * @throws Problem 401, 403, 429, or 503 while tokens can't be checked
 */
export type Admission = (
  request: FastifyRequest,
  reply: FastifyReply,
  access: Access,
) => Promise<string>;

/**
 * Checks tokens and limits. A token that was verified before counts for its owner; everything else counts for its
 * address first, so that nobody makes the gateway verify signatures without end.
 */
export function createAdmission(tokens: TokenCheck, limits: RateLimits): Admission {
  const identify = async (request: FastifyRequest, access: Access): Promise<Caller | undefined> => {
    if (access !== 'anybody') {
      const known = tokens.remembered(request.headers);
      if (known !== undefined) return known;
    }
    await limits.ofAddress(clientNetwork(request.ip));
    return access === 'anybody' ? undefined : tokens.authenticate(request.headers);
  };
  return async (request, reply, access) => {
    const caller = await identify(request, access);
    if (caller === undefined) return `address:${clientNetwork(request.ip)}`;
    const name = `${caller.kind}:${caller.id}`;
    reply.headers(await limits.ofCaller(name));
    if (access === 'admin') requireRole(caller, 'admin');
    return name;
  };
}
