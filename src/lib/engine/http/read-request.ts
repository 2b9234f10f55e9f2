import { ServiceError } from '../errors.ts';
import type { Identity } from '../identity.ts';
import { decodeJson, isPlainJson } from '../protocol/json.ts';
import { decodeQuery, parseQuery } from '../protocol/query.ts';
import { decodeRest } from '../protocol/rest-json.ts';
import {
  findRoute,
  queryService,
  type Route,
  type Service,
  type Services,
  targetService,
  unknownAction,
} from '../services/index.ts';
import type { CallRequest } from './call.ts';
import type { Protocol } from './respond.ts';

/** A request as far as it was understood: errors are answered in its terms. */
export interface Understood {
  protocol: Protocol;
  service: Service;
  action: string;
  route?: Route;
}

/** Paths of REST protocols begin with the version of the API; those of queues, with an account. */
const LAMBDA_PATH = /^\/\d{4}-\d{2}-\d{2}\//;
const API_GATEWAY_PATH = /^\/v2\//;

/** Whether a request is in a REST protocol. */
export function isRest({ url = '' }: Pick<CallRequest, 'url'>): boolean {
  return LAMBDA_PATH.test(url) || API_GATEWAY_PATH.test(url);
}

/** What is known of a request before it is read: its protocol. */
export function understand(services: Services, { headers, url }: CallRequest): Understood {
  if (isRest({ url })) {
    const { lambda, apigateway } = services;
    const service = LAMBDA_PATH.test(url ?? '') ? lambda : apigateway;
    return { protocol: 'rest-json', service, action: '' };
  }
  const json = headers.accept?.includes('application/json') ?? false;
  const query = json ? 'query-json' : 'query';
  const protocol = headers['x-amz-target'] === undefined ? query : 'json';
  return { protocol, service: services.sqs, action: '' };
}

/** What a request asks for. */
interface Read {
  readonly route: Route;
  readonly input: Record<string, unknown>;
  /** As the action is told of it (`RequestContext`). */
  readonly isPlainText?: boolean;
}

/**
 * Finds the route of a request and decodes its input; `found` tells what was understood, also of a request that fails.
 *
 * @throws ServiceError for what the protocols refuse
 */
export function readRequest(
  found: Understood,
  services: Services,
  request: CallRequest,
  identity: Identity,
  body: string,
): Read {
  if (found.protocol === 'rest-json') return readRest(found, request, body);
  const target = request.headers['x-amz-target'];
  return typeof target === 'string'
    ? readJson(found, services, target, body)
    : readQuery(found, services, request, identity, body);
}

function readRest(found: Understood, request: CallRequest, body: string) {
  const { service } = found;
  const { method = '', url = '/', headers } = request;
  const [path = '', search = ''] = url.split('?', 2);
  const match = service.rest?.find(method, path, search);
  if (match === undefined || service.rest === undefined) {
    found.action = `${method} ${path}`;
    throw new ServiceError('UnknownOperationException', '', { status: 404, origin: 'framework' });
  }
  found.action = match.action;
  const route = findRoute(service, match.action);
  found.route = route;
  const { rest = {} } = service.rest.operations[match.action] ?? {};
  const { labels } = match;
  const input = decodeRest(route.operation.input, rest, { labels, search, headers, body });
  return { route, input };
}

function readJson(found: Understood, services: Services, target: string, body: string) {
  const service = targetService(services, target);
  if (service?.json === undefined) {
    found.action = target;
    throw unknownAction(services.sqs, target);
  }
  found.service = service;
  found.action = target.slice(service.json.target.length);
  const route = findRoute(service, found.action);
  found.route = route;
  return { route, input: decodeJson(route.operation.input, body), isPlainText: isPlainJson(body) };
}

const QUEUE_PATH = /\/\d{12}\/[^/]+\/?$/;
/** Actions that SQS doesn't know at a queue's URL. */
const NOT_FOR_QUEUES: ReadonlySet<string> = new Set(['CreateQueue', 'ListQueues']);

/** A queue's URL in a browser is answered in a way of its own. */
function missingAction(looked: boolean): ServiceError {
  if (!looked) {
    return new ServiceError('MissingAction', 'The request must contain the parameter Action.');
  }
  return new ServiceError('UnknownOperationException', '', { status: 404, bare: true });
}

/** What `aws cloudformation package` and `aws s3` are told. */
function noBuckets(): ServiceError {
  return new ServiceError(
    'NotImplemented',
    'The local engine has no S3. Code of functions may stand in the template (ZipFile, InlineCode), or be a folder of this machine (S3Bucket: hot-reload, S3Key: /path).',
    { status: 501 },
  );
}

function readQuery(
  found: Understood,
  services: Services,
  { url = '/', method, headers }: CallRequest,
  identity: Identity,
  body: string,
) {
  if (identity.service === 's3') throw noBuckets();
  const mark = url.indexOf('?');
  const path = mark < 0 ? url : url.slice(0, mark);
  const search = mark < 0 ? '' : url.slice(mark + 1);
  // Parameters may stand in the URL of a POST as well, all or some of them.
  const form = parseQuery(method === 'GET' ? search : search === '' ? body : `${search}&${body}`);
  const action = form.children?.get('Action')?.value ?? '';
  const version = form.children?.get('Version')?.value;
  found.action = action;
  found.service = queryService(services, identity.service, version, action);
  if (action === '') {
    throw missingAction(method === 'GET' && found.service.name === 'sqs' && QUEUE_PATH.test(path));
  }
  const route = findRoute(found.service, action);
  found.route = route;
  if (found.service.name === 'sqs' && NOT_FOR_QUEUES.has(action) && QUEUE_PATH.test(path))
    throw unknownAction(found.service, action);
  const input = decodeQuery(route.operation.input, form);
  // Query requests for a queue go to its URL, whose host may name the region, and need not repeat it.
  if (path.length > 1 && input.QueueUrl === undefined && found.service.name === 'sqs') {
    const host = QUEUE_PATH.test(path) && headers.host !== undefined ? `//${headers.host}` : '';
    if ('QueueUrl' in route.operation.input.fields) input.QueueUrl = host + path;
  }
  return { route, input };
}
