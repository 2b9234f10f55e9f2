import { setTimeout as sleep } from 'node:timers/promises';
import { isDeeperThan } from '../../../rules/text/json-depth.ts';
import { ServiceError } from '../../errors.ts';
import type { CallRequest, CallResponse } from '../../http/call.ts';
import type { FaultInjector } from '../../http/fault-injector.ts';
import type { Identity } from '../../identity.ts';
import type { RoleParts } from '../../permissions/role-refusal.ts';
import { DYNAMODB_OPERATIONS, DYNAMODB_TARGET, DYNAMODB_UNSUPPORTED } from './operations.ts';
import { checkTablePermissions } from './permissions.ts';
import { byArn, byName, type NamedInput } from './table-arns.ts';
import { DiskRefused, type TableProcess, type TableReply } from './table-process.ts';

const JSON_TYPE = 'application/x-amz-json-1.0';

/** "Nested attribute depth … up to 32 levels deep" (DynamoDB quotas), each two of JSON, below a batch's seven. */
const MAX_JSON_DEPTH = 32 * 2 + 7;

const TAGGING: ReadonlySet<string> = new Set(['CreateTable', 'TagResource', 'UntagResource']);

/** What a table request is answered with. */
export interface TableRequestParts {
  readonly tables: TableProcess;
  readonly faults: FaultInjector;
  /** Milliseconds since the epoch. */
  readonly now: number;
  readonly identity: Identity;
  readonly requestId: string;
  /** What judges the calls of roles; absent for calls of the engine's own. */
  readonly roles?: RoleParts;
}

/** Whether a request is for DynamoDB. */
export function isTableRequest(target: string | string[] | undefined): target is string {
  return typeof target === 'string' && target.startsWith(DYNAMODB_TARGET);
}

/**
 * Passes a DynamoDB request to the process that keeps the tables, and its answer back.
 * @returns the error that was answered instead by the engine; undefined where the process answered.
 */
export async function serveTables(
  parts: TableRequestParts,
  { headers }: CallRequest,
  response: CallResponse,
  body: string,
): Promise<ServiceError | undefined> {
  const operation = String(headers['x-amz-target']).slice(DYNAMODB_TARGET.length);
  try {
    refuseSystemTags(operation, body);
    const reply = await askTables(parts, operation, headers, body);
    if (!response.destroyed) pass(response, reply, parts.requestId);
    return undefined;
  } catch (error) {
    if (!(error instanceof ServiceError)) throw error;
    if (!response.destroyed) refuse(response, error, parts.requestId);
    return error;
  }
}

/** The table process' answer to a request that may be made. @throws ServiceError as `admit`, and where it ended. */
async function askTables(
  parts: TableRequestParts,
  operation: string,
  headers: CallRequest['headers'],
  body: string,
): Promise<TableReply> {
  await admit(parts, operation, body);
  const { account, region } = parts.identity;
  const { text, arns } = forLibrary(parts.identity, operation, body);
  const reply = await parts.tables
    .call({ account, region, headers, body: text })
    .catch((cause: unknown) => {
      throw processEnded(operation, cause);
    });
  return byArn(reply, arns);
}

/**
 * Asks for a table operation from within the engine.
 * @throws ServiceError what DynamoDB answers with.
 */
export async function callTables(
  parts: TableRequestParts,
  operation: string,
  input: object,
): Promise<unknown> {
  const { accessKeyId, region } = parts.identity;
  // The library looks for a signature and checks none.
  const headers = {
    'content-type': JSON_TYPE,
    'x-amz-target': DYNAMODB_TARGET + operation,
    'x-amz-date': '20260101T000000Z',
    authorization: `AWS4-HMAC-SHA256 Credential=${accessKeyId || 'none'}/20260101/${region}/dynamodb/aws4_request, SignedHeaders=host, Signature=0`,
  };
  const { status, body } = await askTables(parts, operation, headers, JSON.stringify(input));
  const answer = parseObject(body.toString('utf8')) ?? {};
  if (status === 200) return answer;
  const { __type: type, message, Message } = answer;
  const code = String(type).slice(String(type).indexOf('#') + 1);
  throw new ServiceError(code, String(message ?? Message ?? ''), { status });
}

/** @throws ServiceError for an operation that isn't served, expired keys, a fault, and what a session policy forbids. */
async function admit(
  { identity, faults, now, roles }: TableRequestParts,
  operation: string,
  body: string,
): Promise<void> {
  if (!DYNAMODB_OPERATIONS.has(operation)) throw notServed(operation);
  if (identity.expires <= now) {
    const message = 'The security token included in the request is expired';
    throw new ServiceError('ExpiredTokenException', message, { origin: 'framework' });
  }
  if (isDeeperThan(body, MAX_JSON_DEPTH)) {
    const message = 'Nesting Levels have exceeded supported limits';
    throw new ServiceError('ValidationException', message, { origin: 'framework' });
  }
  if (faults.active) {
    if (faults.latency > 0) await sleep(faults.latency);
    const refusal = faults.refusal('dynamodb');
    if (refusal !== undefined) throw refusal;
  }
  if (faults.denies?.(`dynamodb:${operation}`)) {
    const message = `User: ${identity.principalArn} is not authorized to perform: dynamodb:${operation} with an explicit deny in an identity-based policy`;
    throw new ServiceError('AccessDeniedException', message);
  }
  if (identity.policy === undefined && (identity.role === undefined || roles === undefined)) return;
  checkTablePermissions(identity, operation, parseObject(body) ?? {}, { now, roles });
}

/** Keys that begin with `aws:` are AWS's own. @throws ServiceError `ValidationException` */
function refuseSystemTags(operation: string, body: string): void {
  if (!TAGGING.has(operation)) return;
  const { Tags: tags = [], TagKeys: keys = [] } = parseObject(body) ?? {};
  const given = [
    ...list(tags).map((tag) => (tag as { readonly Key?: unknown } | null)?.Key),
    ...list(keys),
  ];
  if (!given.some((key) => /^aws:/i.test(String(key)))) return;
  const message = "Tag keys must not begin with 'aws:', which is reserved for AWS";
  throw new ServiceError('ValidationException', message, { origin: 'framework' });
}

function list(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

function notServed(operation: string): ServiceError {
  if (!DYNAMODB_UNSUPPORTED.has(operation)) {
    return new ServiceError('UnknownOperationException', '', { origin: 'framework' });
  }
  const message = `The local engine does not support DynamoDB ${operation}.`;
  return new ServiceError('UnsupportedOperation', message);
}

function processEnded(operation: string, cause: unknown): ServiceError {
  if (cause instanceof DiskRefused) {
    const message = `${cause.message} The ${operation} was not done; what was stored before is kept.`;
    return new ServiceError('InternalServerError', message, { status: 500 });
  }
  const reason = cause instanceof Error ? cause.message : String(cause);
  return new ServiceError(
    'InternalServerError',
    `The process that keeps the tables ended during this ${operation} (${reason}). It starts again with the next call; no table is lost.`,
    { status: 500 },
  );
}

/** The library knows tables by name alone, and ends with a null where it expects a value; to AWS nulls are absent. */
function forLibrary(
  identity: Identity,
  operation: string,
  body: string,
): { readonly text: string; readonly arns: NamedInput['arns'] } {
  const isPlain = !body.includes('"arn:') && !body.includes('null');
  const given = isPlain ? undefined : parseObject(body, withoutNulls);
  if (given === undefined) return { text: body, arns: new Map() };
  const { input, arns } = byName(identity, operation, given);
  return { text: JSON.stringify(input), arns };
}

/** Drops the nulls of what `JSON.parse` reads, which come before the objects and lists that hold them. */
function withoutNulls(_key: string, value: unknown): unknown {
  if (Array.isArray(value)) return value.filter((item) => item !== undefined);
  return value === null ? undefined : value;
}

function parseObject(
  text: string,
  revive?: (key: string, value: unknown) => unknown,
): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(text, revive);
    return typeof value === 'object' && value !== null
      ? (value as Record<string, unknown>)
      : undefined;
  } catch {
    return undefined;
  }
}

function pass(response: CallResponse, reply: TableReply, requestId: string): void {
  const { status, contentType = JSON_TYPE, checksum, body } = reply;
  response.writeHead(status, [
    'x-amzn-RequestId',
    requestId,
    'Content-Type',
    contentType,
    'Content-Length',
    String(body.length),
    ...(checksum === undefined ? [] : ['x-amz-crc32', checksum]),
  ]);
  response.end(body);
}

function refuse(response: CallResponse, error: ServiceError, requestId: string): void {
  const namespace =
    error.origin === 'framework' ? 'com.amazon.coral.service' : 'com.amazonaws.dynamodb.v20120810';
  const { message, code } = error;
  const body = JSON.stringify({ __type: `${namespace}#${code}`, ...(message && { message }) });
  response.writeHead(error.status, {
    'x-amzn-RequestId': requestId,
    'Content-Type': JSON_TYPE,
    'Content-Length': Buffer.byteLength(body),
  });
  response.end(body);
}
