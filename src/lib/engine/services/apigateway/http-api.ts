/** What browsers of other origins may do, as `CorsConfiguration` says it. */
export interface Cors {
  readonly allowCredentials?: boolean;
  readonly allowHeaders?: readonly string[];
  readonly allowMethods?: readonly string[];
  readonly allowOrigins?: readonly string[];
  readonly exposeHeaders?: readonly string[];
  /** Seconds. */
  readonly maxAge?: number;
}

/** What a route leads to. */
export interface Integration {
  readonly integrationId: string;
  readonly integrationType: string;
  /** ARN of a function, or API Gateway's way to it (`arn:aws:apigateway:…/invocations`). */
  readonly integrationUri: string;
  readonly integrationMethod?: string;
  readonly connectionType: string;
  readonly payloadFormatVersion: string;
  /** 50 to 30,000 milliseconds. */
  readonly timeoutInMillis: number;
  /** Of a role that may invoke the function; its own policy counts without one. */
  readonly credentialsArn?: string;
  readonly description?: string;
}

/** Which requests an integration gets. */
export interface ApiRoute {
  readonly routeId: string;
  /** `$default`, or a method and a path (`GET /orders/{id}`). */
  readonly routeKey: string;
  /** `integrations/<id>`; absent for a route that leads nowhere. */
  readonly target?: string;
  readonly authorizationType: string;
  readonly apiKeyRequired: boolean;
  readonly operationName?: string;
}

/** What an API was at a time. */
export interface Deployment {
  readonly deploymentId: string;
  readonly deploymentStatus: 'DEPLOYED';
  readonly autoDeployed: boolean;
  readonly description?: string;
  /** ISO 8601. */
  readonly createdDate: string;
}

/** Where an API is reached: at its root (`$default`), or below its name. */
export interface Stage {
  readonly stageName: string;
  /** Whether what the API is now counts, and not a deployment. */
  readonly autoDeploy: boolean;
  readonly deploymentId?: string;
  readonly description?: string;
  readonly stageVariables: Readonly<Record<string, string>>;
  readonly tags: Readonly<Record<string, string>>;
  readonly createdDate: string;
  readonly lastUpdatedDate: string;
  /** Throttling and metrics: kept, without effect. */
  readonly defaultRouteSettings?: object;
  readonly routeSettings?: object;
  /** Kept, without effect. */
  readonly accessLogSettings?: object;
}

/** Routes and integrations by id, as requests find them. */
export interface Routing {
  readonly routes: Readonly<Record<string, ApiRoute>>;
  readonly integrations: Readonly<Record<string, Integration>>;
}

/** What an API is besides its parts. */
export interface ApiSettings {
  readonly name: string;
  readonly description?: string;
  readonly version?: string;
  readonly corsConfiguration?: Cors;
  readonly disableExecuteApiEndpoint: boolean;
  readonly ipAddressType: string;
  readonly tags: Readonly<Record<string, string>>;
}

/** An HTTP API. It is never changed: a change makes another that takes its place. */
export interface HttpApi extends Routing {
  readonly apiId: string;
  /** Twelve digits. */
  readonly account: string;
  readonly region: string;
  /** ISO 8601. */
  readonly createdDate: string;
  readonly settings: ApiSettings;
  /** By name. */
  readonly stages: Readonly<Record<string, Stage>>;
  readonly deployments: Readonly<Record<string, Deployment & { readonly routing: Routing }>>;
}

/** The stage at the root of an API, and the route for what no other takes. */
export const DEFAULT = '$default';

/** An API by its ARN, in the form in which tags and permissions name it. */
export function apiArn({ region, apiId }: Pick<HttpApi, 'region' | 'apiId'>): string {
  return `arn:aws:apigateway:${region}::/apis/${apiId}`;
}
