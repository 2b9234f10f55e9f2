import { type Data, type DataMap, dataText, isMap } from '../template/data.ts';
import { type Invoked, invokedName } from './invoked.ts';
import { SamError } from './sam-error.ts';

/** The API that events without `ApiId` belong to. */
export const IMPLICIT_API = 'ServerlessHttpApi';

/** A route that a function gets of an API. */
export interface ApiEvent extends Invoked {
  readonly name: string;
  /** Logical id. */
  readonly apiId: string;
  /** `$default` for whatever no other route takes. */
  readonly path: string;
  /** In small letters; `any` for all. */
  readonly method: string;
  /** Of the function. */
  readonly condition: string | undefined;
  /** `PayloadFormatVersion`, `RouteSettings`, `TimeoutInMillis` as they are given. */
  readonly settings: DataMap;
}

const KNOWN: ReadonlySet<string> = new Set([
  'ApiId',
  'Auth',
  'Method',
  'PayloadFormatVersion',
  'Path',
  'RouteSettings',
  'Stage',
  'TimeoutInMillis',
]);
const METHODS: ReadonlySet<string> = new Set([
  'any',
  'delete',
  'get',
  'head',
  'options',
  'patch',
  'post',
  'put',
]);
const DEFAULT_PATH = '$default';

/** What an event is a part of. */
export interface EventOwner extends Invoked {
  readonly condition: string | undefined;
}

/**
 * Reads an event of type `HttpApi`: without path and method, it is for whatever no other route takes.
 *
 * @see https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/sam-property-function-httpapi.html
 */
export function apiEvent(name: string, properties: DataMap, owner: EventOwner): ApiEvent {
  const { ApiId = { Ref: IMPLICIT_API }, Path, Method, Auth } = properties;
  const refuse = (why: string): never => {
    throw new SamError(`Event with id [${name}] is invalid. ${why}`);
  };
  const unknown = Object.keys(properties).find((each) => !KNOWN.has(each));
  if (unknown !== undefined) refuse(`property ${unknown} not defined for resource`);
  if (Auth !== undefined) refuse('The local engine does not support Auth of HTTP APIs.');
  if ((Path === undefined) !== (Method === undefined)) {
    refuse(`Event is missing key '${Path === undefined ? 'Path' : 'Method'}'.`);
  }
  const method = dataText(Method ?? 'any').toLowerCase();
  const path = dataText(Path ?? DEFAULT_PATH);
  if (!METHODS.has(method) && method !== 'x-amazon-apigateway-any-method') {
    refuse(`Api Event must have a 'Method' among ${[...METHODS].join(', ')}, not ${method}.`);
  }
  if (path !== DEFAULT_PATH && !path.startsWith('/')) refuse(`The path ${path} begins with no /.`);
  return {
    ...owner,
    name,
    apiId: logicalIdOf(ApiId) ?? refuse("'ApiId' must name an API of the template."),
    path,
    method: METHODS.has(method) ? method : 'any',
    settings: properties,
  };
}

function logicalIdOf(apiId: Data): string | undefined {
  if (typeof apiId === 'string') return apiId;
  return isMap(apiId) && typeof apiId.Ref === 'string' ? apiId.Ref : undefined;
}

/**
 * The permission that lets an API invoke the function of an event; undefined where that of the function's default route
 * in the same API does.
 *
 * @param others of the function.
 */
export function apiPermission(event: ApiEvent, others: readonly ApiEvent[]): DataMap | undefined {
  const { apiId, path, method, name } = event;
  const isCovered = others.some(
    (each) => each.apiId === apiId && each.path === DEFAULT_PATH && each.name !== name,
  );
  if (isCovered && path !== DEFAULT_PATH) return undefined;
  const resource =
    path === DEFAULT_PATH ? '' : path.replace(/(.)\/$/, '$1').replaceAll(/\{.*?\}/g, '*');
  const verb = method === 'any' ? '*' : method.toUpperCase();
  return {
    Type: 'AWS::Lambda::Permission',
    Properties: {
      Action: 'lambda:InvokeFunction',
      FunctionName: invokedName(event),
      Principal: 'apigateway.amazonaws.com',
      SourceArn: {
        'Fn::Sub': [
          `arn:\${AWS::Partition}:execute-api:\${AWS::Region}:\${AWS::AccountId}:\${__ApiId__}/\${__Stage__}/${verb}${resource}`,
          { __ApiId__: { Ref: apiId }, __Stage__: '*' },
        ],
      },
    },
  };
}
