import type { Action } from '../action.ts';
import { ServiceError } from '../errors.ts';
import { type JsonStyle, jsonEncoder } from '../protocol/json.ts';
import {
  requireApiGatewayMembers,
  requireKmsMembers,
  requireLogsMembers,
  requireMembers,
  requireSqsMembers,
} from '../protocol/required.ts';
import {
  type RestOperation,
  type RestRoute,
  type RestRouter,
  restRouter,
} from '../protocol/rest-json.ts';
import type { Operation, StructureShape } from '../protocol/shape.ts';
import type { XmlStyle } from '../protocol/xml.ts';
import type { ServiceName } from '../service-name.ts';
import { API_GATEWAY_ROUTES } from './apigateway/rest-routes.ts';
import { apiGatewayOperations } from './apigateway/shapes.ts';
import { cloudFormationOperations } from './cloudformation/shapes.ts';
import { cloudFormationUnsupported } from './cloudformation/unsupported.ts';
import { cloudWatchOperations } from './cloudwatch/shapes.ts';
import { cloudWatchUnsupported } from './cloudwatch/unsupported.ts';
import { ecsOperations } from './ecs/shapes.ts';
import { ecsUnsupported } from './ecs/unsupported.ts';
import { elbOperations } from './elb/shapes.ts';
import { elbUnsupported } from './elb/unsupported.ts';
import { kmsActions } from './kms/actions/index.ts';
import { kmsOperations, kmsUnsupported } from './kms/shapes.ts';
import { lambdaActions } from './lambda/actions/index.ts';
import { LAMBDA_ROUTES } from './lambda/rest-routes.ts';
import { lambdaOperations } from './lambda/shapes.ts';
import { lazyActions } from './lazy-actions.ts';
import { logsActions } from './logs/actions/index.ts';
import { logsOperations } from './logs/shapes.ts';
import { logsUnsupported } from './logs/unsupported.ts';
import { snsActions } from './sns/actions/index.ts';
import { snsOperations } from './sns/shapes.ts';
import { sqsActions } from './sqs/actions/index.ts';
import { sqsOperations } from './sqs/shapes.ts';
import { stsActions } from './sts/actions/index.ts';
import { stsOperations, stsUnsupported } from './sts/shapes.ts';

/** One action with all that the server needs to run it. */
export interface Route {
  readonly service: Service;
  readonly name: string;
  readonly operation: Operation;
  readonly run: Action;
  readonly toJson: (output: unknown) => string;
  readonly tally: Tally;
}

/** Counts of one action since the engine started. */
export interface Tally {
  calls: number;
  errors: number;
  /** Milliseconds in all. */
  duration: number;
}

/** How a service is reached by methods and paths. */
export interface RestStyle {
  readonly routes: Readonly<Record<string, RestRoute>>;
  readonly find: RestRouter;
  readonly operations: Readonly<Record<string, RestOperation>>;
}

export interface Service {
  readonly name: ServiceName;
  /** The API version that Query requests carry. */
  readonly version: string;
  /** How it speaks the JSON protocols; absent where it doesn't. */
  readonly json?: JsonStyle;
  /** How it speaks the Query protocol; absent where it doesn't. */
  readonly xml?: XmlStyle;
  /** How it speaks the REST protocol with JSON; absent where it doesn't. */
  readonly rest?: RestStyle;
  readonly routes: ReadonlyMap<string, Route>;
  /** Actions that the service has on AWS and not here. */
  readonly unsupported: ReadonlySet<string>;
  /** Refuses an input that lacks a required member. */
  require(shape: StructureShape, input: Record<string, unknown>): void;
}

/** The services of one engine, each with tallies of its own. */
export type Services = Readonly<Record<ServiceName, Service>>;

export function createServices(): Services {
  return {
    sqs: createService({
      name: 'sqs',
      version: '2012-11-05',
      json: {
        target: 'AmazonSQS.',
        contentType: 'application/x-amz-json-1.0',
        errorNamespace: 'com.amazonaws.sqs#',
        frameworkNamespace: 'com.amazon.coral.service#',
        queryErrors: true,
      },
      xml: {
        namespace: 'http://queue.amazonaws.com/doc/2012-11-05/',
        declaration: '<?xml version="1.0"?>',
        errorDetail: true,
      },
      operations: sqsOperations,
      actions: sqsActions,
      unsupported: new Set(),
      require: requireSqsMembers,
    }),
    sns: createService({
      name: 'sns',
      version: '2010-03-31',
      xml: {
        namespace: 'http://sns.amazonaws.com/doc/2010-03-31/',
        declaration: '',
        errorDetail: false,
      },
      operations: snsOperations,
      actions: snsActions,
      unsupported: new Set(),
      require: requireMembers,
    }),
    sts: createService({
      name: 'sts',
      version: '2011-06-15',
      xml: {
        namespace: 'https://sts.amazonaws.com/doc/2011-06-15/',
        declaration: '',
        errorDetail: false,
      },
      operations: stsOperations,
      actions: stsActions,
      unsupported: stsUnsupported,
      require: requireMembers,
    }),
    kms: createService({
      name: 'kms',
      version: '2014-11-01',
      json: {
        target: 'TrentService.',
        contentType: 'application/x-amz-json-1.1',
        errorNamespace: '',
        frameworkNamespace: '',
        queryErrors: false,
      },
      operations: kmsOperations,
      actions: kmsActions,
      unsupported: kmsUnsupported,
      require: requireKmsMembers,
    }),
    logs: createService({
      name: 'logs',
      version: '2014-03-28',
      json: {
        target: 'Logs_20140328.',
        contentType: 'application/x-amz-json-1.1',
        errorNamespace: '',
        frameworkNamespace: '',
        queryErrors: false,
      },
      operations: logsOperations,
      actions: logsActions,
      unsupported: logsUnsupported,
      require: requireLogsMembers,
    }),
    cloudformation: createService({
      name: 'cloudformation',
      version: '2010-05-15',
      xml: {
        namespace: 'http://cloudformation.amazonaws.com/doc/2010-05-15/',
        declaration: '',
        errorDetail: false,
      },
      operations: cloudFormationOperations,
      actions: lazyActions(cloudFormationOperations, async () => {
        const { cloudFormationActions } = await import('./cloudformation/actions/index.ts');
        return cloudFormationActions;
      }),
      unsupported: cloudFormationUnsupported,
      require: requireMembers,
    }),
    cloudwatch: createService({
      name: 'cloudwatch',
      version: '2010-08-01',
      json: {
        target: 'GraniteServiceVersion20100801.',
        contentType: 'application/x-amz-json-1.0',
        errorNamespace: 'com.amazonaws.cloudwatch#',
        frameworkNamespace: 'com.amazon.coral.service#',
        queryErrors: true,
      },
      xml: {
        namespace: 'http://monitoring.amazonaws.com/doc/2010-08-01/',
        declaration: '',
        errorDetail: false,
      },
      operations: cloudWatchOperations,
      actions: lazyActions(cloudWatchOperations, async () => {
        const { cloudWatchActions } = await import('./cloudwatch/actions/index.ts');
        return cloudWatchActions;
      }),
      unsupported: cloudWatchUnsupported,
      require: requireMembers,
    }),
    apigateway: createService({
      name: 'apigateway',
      version: '2018-11-29',
      rest: {
        routes: API_GATEWAY_ROUTES,
        find: restRouter(API_GATEWAY_ROUTES),
        operations: apiGatewayOperations,
      },
      operations: apiGatewayOperations,
      actions: lazyActions(apiGatewayOperations, async () => {
        const { apiGatewayActions } = await import('./apigateway/actions/index.ts');
        return apiGatewayActions;
      }),
      unsupported: new Set(Object.keys(API_GATEWAY_ROUTES)),
      require: requireApiGatewayMembers,
    }),
    ecs: createService({
      name: 'ecs',
      version: '2014-11-13',
      json: {
        target: 'AmazonEC2ContainerServiceV20141113.',
        contentType: 'application/x-amz-json-1.1',
        errorNamespace: '',
        frameworkNamespace: '',
        queryErrors: false,
      },
      operations: ecsOperations,
      actions: lazyActions(ecsOperations, async () => {
        const { ecsActions } = await import('./ecs/actions/index.ts');
        return ecsActions;
      }),
      unsupported: ecsUnsupported,
      require: requireLogsMembers,
    }),
    elasticloadbalancing: createService({
      name: 'elasticloadbalancing',
      version: '2015-12-01',
      xml: {
        namespace: 'http://elasticloadbalancing.amazonaws.com/doc/2015-12-01/',
        declaration: '',
        errorDetail: false,
      },
      operations: elbOperations,
      actions: lazyActions(elbOperations, async () => {
        const { elbActions } = await import('./elb/actions/index.ts');
        return elbActions;
      }),
      unsupported: elbUnsupported,
      require: requireMembers,
    }),
    lambda: createService({
      name: 'lambda',
      version: '2015-03-31',
      rest: {
        routes: LAMBDA_ROUTES,
        find: restRouter(LAMBDA_ROUTES),
        operations: lambdaOperations,
      },
      operations: lambdaOperations,
      actions: lambdaActions,
      unsupported: new Set(Object.keys(LAMBDA_ROUTES)),
      require: requireKmsMembers,
    }),
  };
}

interface ServiceParts extends Omit<Service, 'routes'> {
  readonly operations: Readonly<Record<string, Operation>>;
  readonly actions: Readonly<Record<string, Action>>;
}

function createService({ operations, actions, ...parts }: ServiceParts): Service {
  const routes = new Map<string, Route>();
  const service: Service = { ...parts, routes };
  for (const [name, operation] of Object.entries(operations)) {
    routes.set(name, {
      service,
      name,
      operation,
      run: actions[name] ?? unsupported(service, name),
      toJson: operation.resultWrapper === undefined ? () => '' : jsonEncoder(operation.output),
      tally: { calls: 0, errors: 0, duration: 0 },
    });
  }
  return service;
}

function unsupported(service: Service, name: string): Action {
  return () => {
    throw unsupportedAction(service, name);
  };
}

const DISPLAY_NAMES: Partial<Record<ServiceName, string>> = {
  apigateway: 'API Gateway',
  cloudformation: 'CloudFormation',
  cloudwatch: 'CloudWatch',
  elasticloadbalancing: 'Elastic Load Balancing',
  lambda: 'Lambda',
};

function unsupportedAction(service: Service, name: string): ServiceError {
  return new ServiceError(
    service.name === 'kms' ? 'UnsupportedOperationException' : 'UnsupportedOperation',
    `The local engine does not support ${DISPLAY_NAMES[service.name] ?? service.name.toUpperCase()} ${name}.`,
    service.name === 'sqs' ? { queryCode: 'AWS.SimpleQueueService.UnsupportedOperation' } : {},
  );
}

/**
 * @throws ServiceError `InvalidAction` for a name that the service doesn't know, `UnsupportedOperation` for one that
 * it has on AWS only.
 */
export function findRoute(service: Service, action: string): Route {
  const route = service.routes.get(action);
  if (route !== undefined) return route;
  if (service.unsupported.has(action)) throw unsupportedAction(service, action);
  throw unknownAction(service, action);
}

/** What a name that the service doesn't know is answered with. */
export function unknownAction(service: Service, action: string): ServiceError {
  return new ServiceError(
    'UnknownOperationException',
    service.json !== undefined
      ? `The action ${action} is not valid for this endpoint.`
      : `Could not find operation ${action} for version ${service.version}`,
    { queryCode: 'InvalidAction', origin: 'framework' },
  );
}

/** Names in credentials that aren't those of ARNs. */
const SIGNING_NAMES: Readonly<Record<string, ServiceName>> = { monitoring: 'cloudwatch' };

/** Which service a Query request is for: the one it was signed for, else by its version, else by its action. */
export function queryService(
  services: Services,
  signedFor: string,
  version: string | undefined,
  action: string,
): Service {
  const { sqs, sns, sts, cloudformation, cloudwatch, elasticloadbalancing } = services;
  const all: readonly Service[] = [sqs, sns, sts, cloudformation, cloudwatch, elasticloadbalancing];
  return (
    all.find((service) => service.name === (SIGNING_NAMES[signedFor] ?? signedFor)) ??
    all.find((service) => service.version === version) ??
    all.find((service) => service.routes.has(action) || service.unsupported.has(action)) ??
    services.sqs
  );
}

/** The service that an `X-Amz-Target` names; undefined when there is none. */
export function targetService(services: Services, target: string): Service | undefined {
  if (isFor(services.sqs, target)) return services.sqs;
  return Object.values(services).find((service) => isFor(service, target));
}

function isFor({ json }: Service, target: string): boolean {
  return json !== undefined && target.startsWith(json.target);
}
