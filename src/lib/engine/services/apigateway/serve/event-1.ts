import { DEFAULT } from '../http-api.ts';
import { type ApiRequest, domainName, eventBody, logTime, queryValues } from './api-request.ts';

/**
 * The event of payload format 1.0: what there is none of is null.
 *
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-integrations-lambda.html
 */
export function event1(request: ApiRequest): object {
  const { api, stage, match, path, method } = request;
  const { routeKey } = match.route;
  const resource = routeKey === DEFAULT ? DEFAULT : routeKey.slice(routeKey.indexOf(' ') + 1);
  const query = queryValues(request.search);
  const { body = null, isBase64Encoded } = eventBody(request);
  return {
    version: '1.0',
    resource,
    path,
    httpMethod: method,
    headers: last(request.headers),
    multiValueHeaders: Object.fromEntries(request.headers),
    queryStringParameters: query.size === 0 ? null : last(query),
    multiValueQueryStringParameters: query.size === 0 ? null : Object.fromEntries(query),
    requestContext: {
      accountId: api.account,
      apiId: api.apiId,
      domainName: domainName(api),
      domainPrefix: api.apiId,
      extendedRequestId: request.requestId,
      httpMethod: method,
      identity: identityOf(request),
      path,
      protocol: request.protocol,
      requestId: request.requestId,
      requestTime: logTime(request.time),
      requestTimeEpoch: request.time,
      resourceId: routeKey,
      resourcePath: resource,
      stage: stage.stageName,
    },
    pathParameters: orNull(match.pathParameters),
    stageVariables: orNull(stage.stageVariables),
    body,
    isBase64Encoded,
  };
}

function last(values: ReadonlyMap<string, readonly string[]>): Record<string, string> {
  return Object.fromEntries([...values].map(([name, each]) => [name, each.at(-1) ?? '']));
}

function orNull(values: Readonly<Record<string, string>>) {
  return Object.keys(values).length === 0 ? null : values;
}

function identityOf({ sourceIp, userAgent }: ApiRequest): object {
  return {
    accessKey: null,
    accountId: null,
    caller: null,
    cognitoAmr: null,
    cognitoAuthenticationProvider: null,
    cognitoAuthenticationType: null,
    cognitoIdentityId: null,
    cognitoIdentityPoolId: null,
    principalOrgId: null,
    sourceIp,
    user: null,
    userAgent,
    userArn: null,
  };
}
