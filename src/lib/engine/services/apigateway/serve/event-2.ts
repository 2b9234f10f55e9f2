import {
  type ApiRequest,
  domainName,
  eventBody,
  joined,
  logTime,
  queryValues,
} from './api-request.ts';

/**
 * The event of payload format 2.0. What there is none of is left out.
 *
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-integrations-lambda.html
 */
export function event2(request: ApiRequest): object {
  const { api, stage, match, path, search } = request;
  const { cookie = [], ...headers } = Object.fromEntries(request.headers);
  const cookies = cookie.flatMap((each) => each.split(/;\s*/)).filter((each) => each !== '');
  const query = queryValues(search);
  const { stageVariables } = stage;
  return {
    version: '2.0',
    routeKey: match.route.routeKey,
    rawPath: path,
    rawQueryString: search,
    ...(cookies.length === 0 ? {} : { cookies }),
    headers: joined(new Map(Object.entries(headers))),
    ...(query.size === 0 ? {} : { queryStringParameters: joined(query) }),
    requestContext: {
      accountId: api.account,
      apiId: api.apiId,
      domainName: domainName(api),
      domainPrefix: api.apiId,
      http: {
        method: request.method,
        path,
        protocol: request.protocol,
        sourceIp: request.sourceIp,
        userAgent: request.userAgent,
      },
      requestId: request.requestId,
      routeKey: match.route.routeKey,
      stage: stage.stageName,
      time: logTime(request.time),
      timeEpoch: request.time,
    },
    ...(isEmpty(match.pathParameters) ? {} : { pathParameters: match.pathParameters }),
    ...(isEmpty(stageVariables) ? {} : { stageVariables }),
    ...eventBody(request),
  };
}

function isEmpty(values: object): boolean {
  return Object.keys(values).length === 0;
}
