import { type ApiAnswer, type ApiRoute, jsonAnswer } from '../../http/api.ts';
import type { Json } from '../../http/openapi-parts.ts';
import type { ServiceName } from '../service/names.ts';
import { apiDocument, DESCRIPTION_PATH } from '../service/openapi.ts';
import { passedOnHeaders } from '../service/request-context.ts';
import { type Answers, FALLBACK_HEADER } from './answers.ts';
import { MY_ORDERS, PARTIAL } from './my-orders.ts';
import { TOTAL_TIMEOUT_MS } from './resilient-service.ts';
import { GATEWAY_ROUTES, gatewayPaths } from './route-table.ts';

type Paths = Readonly<Record<string, Readonly<Record<string, Json>>>>;

/** Milliseconds for which a whole description is given again: each one asks every service. */
const KEPT_MS = 60_000;

/** `/openapi.json`: what the services say of the routes that the gateway lets through, and its own. */
export function descriptionRoute(answers: Answers, version: string): ApiRoute {
  let kept: { readonly answer: ApiAnswer; readonly until: number } | undefined;
  return {
    method: 'GET',
    path: DESCRIPTION_PATH,
    handle: async () => {
      if (kept !== undefined && kept.until > Date.now()) return kept.answer;
      const { answer, isWhole } = await describe(answers, version);
      kept = isWhole ? { answer, until: Date.now() + KEPT_MS } : undefined;
      return answer;
    },
  };
}

async function describe(
  answers: Answers,
  version: string,
): Promise<{ readonly answer: ApiAnswer; readonly isWhole: boolean }> {
  const names = [...new Set(GATEWAY_ROUTES.map(({ service }) => service))];
  const found = await Promise.all(
    names.map(async (name) => [name, await pathsOf(answers, name)] as const),
  );
  const services = new Map(found);
  const answer = jsonAnswer(
    200,
    apiDocument({ title: 'gateway', version }, pathsAtGateway(services)),
  );
  const isWhole = ![...services.values()].includes(undefined);
  return {
    answer: isWhole ? answer : { ...answer, headers: { [FALLBACK_HEADER]: PARTIAL } },
    isWhole,
  };
}

/** The paths that a service describes; undefined while it is away and was never asked before. */
async function pathsOf(answers: Answers, service: ServiceName): Promise<Paths | undefined> {
  try {
    const { status, body } = await answers({
      ...{ service, method: 'GET', path: DESCRIPTION_PATH, body: undefined },
      headers: passedOnHeaders(TOTAL_TIMEOUT_MS),
      ...{ safe: true, fallback: true },
    });
    return status === 200 ? (JSON.parse(body.toString()) as { paths: Paths }).paths : undefined;
  } catch {
    return undefined;
  }
}

function pathsAtGateway(services: ReadonlyMap<ServiceName, Paths | undefined>): Json {
  const paths: Record<string, Json> = {};
  const add = (url: string, method: string, operation: Json | undefined): void => {
    if (operation !== undefined) paths[url] = { ...paths[url], [method]: operation };
  };
  for (const route of GATEWAY_ROUTES) {
    const method = route.method.toLowerCase();
    const operation = services.get(route.service)?.[templateOf(route.path)]?.[method];
    add(templateOf(gatewayPaths(route).at(-1) ?? ''), method, operation);
  }
  const orders = services.get('orders')?.['/orders']?.get;
  const summary = 'Read your orders with their products';
  add(MY_ORDERS, 'get', orders && { ...orders, operationId: 'getMyOrders', summary });
  return paths;
}

/** A route's path as OpenAPI writes it. */
function templateOf(path: string): string {
  return path.replace(/:(\w+)/g, '{$1}');
}
