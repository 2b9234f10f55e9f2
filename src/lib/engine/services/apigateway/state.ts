import type { EngineParts } from '../../parts.ts';
import type { InvocationPort } from '../../ports.ts';
import type { HttpApi } from './http-api.ts';

/** The other services, as far as APIs need them. */
export interface ApiGatewayPorts {
  readonly functions: InvocationPort;
}

/** Everything API Gateway keeps. Ids are random, so that one map serves all accounts and regions. */
export interface ApiGatewayState extends ApiGatewayPorts {
  readonly parts: EngineParts;
  /** By id. */
  readonly apis: Map<string, HttpApi>;
}

const APIS_TABLE = 'apigateway.apis';

/** The state that the journal holds; empty at the first start. */
export function createApiGatewayState(parts: EngineParts, ports: ApiGatewayPorts): ApiGatewayState {
  const apis = new Map<string, HttpApi>();
  for (const { value } of parts.journal.entries(APIS_TABLE)) {
    const api = value as HttpApi;
    apis.set(api.apiId, api);
  }
  return { ...ports, parts, apis };
}

/** Makes an API known, or puts it in the place of the one before. */
export function storeApi({ apis, parts: { journal } }: ApiGatewayState, api: HttpApi): void {
  apis.set(api.apiId, api);
  journal.put(APIS_TABLE, api.apiId, api);
}

/** Forgets an API and all that belongs to it. */
export function dropApi({ apis, parts: { journal } }: ApiGatewayState, { apiId }: HttpApi): void {
  apis.delete(apiId);
  journal.remove(APIS_TABLE, apiId);
}
