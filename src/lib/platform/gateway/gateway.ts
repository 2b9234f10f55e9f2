import type { FastifyInstance } from 'fastify';
import { Counter, Gauge, type Registry } from 'prom-client';
import type { ApiRoute } from '../../http/api.ts';
import type { Peer } from '../service/environment.ts';
import type { Counters } from '../service/limits/counters.ts';
import type { ServiceName } from '../service/names.ts';
import type { TokenCheck } from '../service/tokens.ts';
import { createAdmission } from './admission.ts';
import { createAnswers } from './answers.ts';
import { createAtOnce } from './at-once.ts';
import { addCors } from './cors.ts';
import { descriptionRoute } from './description.ts';
import { createLastAnswers } from './last-answers.ts';
import { addProxy } from './proxy.ts';
import { createRateLimits, type RateLimitOptions } from './rate-limits.ts';
import { createResilientService, type ResilientService, stateNumber } from './resilient-service.ts';
import { createUpstream, type Upstream } from './upstream.ts';

export interface GatewayOptions {
  readonly peers: Readonly<Record<ServiceName, Pick<Peer, 'url'>>>;
  readonly tokens: TokenCheck;
  readonly counters: Counters;
  /** Where the gateway's own numbers belong. */
  readonly metrics: Registry;
  /** Pages of these origins may use it. */
  readonly origins: readonly string[];
  readonly limits: RateLimitOptions;
  readonly version: string;
  /** Milliseconds for which a breaker stays open. */
  readonly openMs?: number;
}

export interface Gateway {
  /** What it answers beside what services do. */
  readonly routes: readonly ApiRoute[];
  /** Adds everything that it answers to a server. */
  extend(app: FastifyInstance): Promise<void>;
  /** Lets go of the connections to the services. */
  close(): Promise<void>;
}

/** Puts the parts of the gateway together: one pool, one breaker and one memory a service. */
export function createGateway(options: GatewayOptions): Gateway {
  const numbers = createNumbers(options.metrics);
  const upstreams: Upstream[] = [];
  const services = new Map<ServiceName, ResilientService>();
  const serviceOf = (name: ServiceName): ResilientService => {
    let service = services.get(name);
    if (service === undefined) {
      const upstream = createUpstream(options.peers[name].url);
      const onRetry = () => numbers.retries.inc({ service: name });
      service = createResilientService(upstream, { openMs: options.openMs, onRetry });
      upstreams.push(upstream);
      services.set(name, service);
    }
    return service;
  };
  numbers.watch(services);
  const answers = createAnswers({
    services: serviceOf,
    last: createLastAnswers(),
    onFallback: (service) => numbers.fallbacks.inc({ service }),
  });
  const admit = createAdmission(options.tokens, createRateLimits(options.counters, options.limits));
  return {
    routes: [descriptionRoute(answers, options.version)],
    extend: async (app) => {
      addCors(app, options.origins);
      await addProxy(app, { admit, answers, atOnce: createAtOnce(options.limits.atOnce) });
    },
    close: async () => {
      await Promise.all(upstreams.map((upstream) => upstream.close()));
    },
  };
}

function createNumbers(registry: Registry) {
  const registers = [registry];
  const labelNames = ['service'] as const;
  let watched: ReadonlyMap<ServiceName, ResilientService> = new Map();
  new Gauge({
    name: 'gateway_circuit_state',
    help: 'Breaker of a service: 0 closed, 1 half open, 2 open.',
    labelNames,
    registers,
    collect() {
      for (const [service, { state }] of watched) this.set({ service }, stateNumber(state));
    },
  });
  return {
    retries: new Counter({
      name: 'gateway_retries_total',
      help: 'Further attempts of a request to a service.',
      labelNames,
      registers,
    }),
    fallbacks: new Counter({
      name: 'gateway_fallbacks_total',
      help: 'Answers that were given before, as the service gave none.',
      labelNames,
      registers,
    }),
    watch: (services: ReadonlyMap<ServiceName, ResilientService>) => {
      watched = services;
    },
  };
}
