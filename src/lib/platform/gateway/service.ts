import { usageError } from '../../rules/errors.ts';
import type { ServiceParts, StatelessContext, StatelessService } from '../service/definition.ts';
import { createMemoryCounters } from '../service/limits/counters.ts';
import { createRedisCounters } from '../service/limits/redis-counters.ts';
import { createGateway } from './gateway.ts';
import { RATE_LIMITS } from './rate-limits.ts';

type Variables = Readonly<Record<string, string | undefined>>;

/**
 * The one service that people reach. Besides what all services read it reads `CORS_ORIGINS` (a list with commas),
 * `RATE_LIMIT` and `RATE_LIMIT_ADDRESS` (requests a minute of one person, and of one address without a token) and
 * `RATE_LIMIT_AT_ONCE` (requests of either at the same moment); 0 for no bound.
 */
export const gatewayService: StatelessService = {
  name: 'gateway',
  create: async (context) => createParts(context),
};

function createParts({
  environment,
  tokens,
  redis,
  metrics,
  version,
}: StatelessContext): ServiceParts {
  const { variables, peers } = environment;
  const gateway = createGateway({
    ...{ peers, tokens, metrics, version },
    counters: redis ? createRedisCounters(redis, '') : createMemoryCounters(),
    origins: listOf(variables.CORS_ORIGINS),
    limits: {
      perCaller: numberOf(variables, 'RATE_LIMIT', RATE_LIMITS.perCaller),
      perAddress: numberOf(variables, 'RATE_LIMIT_ADDRESS', RATE_LIMITS.perAddress),
      atOnce: numberOf(variables, 'RATE_LIMIT_AT_ONCE', RATE_LIMITS.atOnce),
    },
  });
  return {
    routes: gateway.routes,
    // What was read once is good while auth is away; other services being away is what fallbacks are for.
    ready: [{ name: 'keys', check: () => tokens.ready() }],
    extend: (app) => gateway.extend(app),
    start: async () => () => gateway.close(),
  };
}

function listOf(text = ''): string[] {
  return text
    .split(',')
    .map((each) => each.trim())
    .filter((each) => each !== '');
}

function numberOf(variables: Variables, name: string, usual: number): number {
  const text = variables[name];
  if (!text) return usual;
  if (/^\d{1,9}$/.test(text)) return Number(text);
  throw usageError(
    `${name} must be a whole number from 0.`,
    `Set ${name} to a number of requests, such as ${usual}.`,
    'InvalidEnvironment',
  );
}
