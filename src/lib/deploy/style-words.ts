import type { Style } from '../definition/styles.ts';
import type { Topology } from '../definition/topology.ts';
import { hasOrderApi } from './order-api.ts';

const WITH_ORDER_API: Readonly<Record<Style, string>> = {
  serverless: 'functions alone, behind a HTTP API',
  hybrid: 'the order API as a service on ECS, subscribers as functions',
  ecs: 'the order API and every subscriber as services on ECS',
};

const WITHOUT_ORDER_API: Readonly<Record<Style, string>> = {
  serverless: 'subscribers as functions',
  hybrid: 'subscribers as functions, the same as serverless: there is no API to be a service',
  ecs: 'subscribers as services on ECS',
};

/** What each way is for a topology, in a line. */
export function styleWords(topology: Pick<Topology, 'events'>, style: Style): string {
  return (hasOrderApi(topology) ? WITH_ORDER_API : WITHOUT_ORDER_API)[style];
}
