import { ServiceError } from '../errors.ts';
import type { Shape, StructureShape } from './shape.ts';

/**
 * Refuses an input that lacks a required member, in SQS's words. Lists and maps are left to the actions, which answer
 * their absence with errors of their own (`EmptyBatchRequest`).
 *
 * @throws ServiceError `MissingParameter`
 * @see https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/CommonErrors.html
 */
export function requireSqsMembers(shape: StructureShape, input: Record<string, unknown>): void {
  const path = missingScalar(shape, input, '');
  if (path !== undefined) {
    throw new ServiceError(
      'MissingRequiredParameterException',
      `The request must contain the parameter ${path}.`,
      { queryCode: 'MissingParameter', origin: 'framework' },
    );
  }
}

function missingScalar(
  shape: StructureShape,
  input: Record<string, unknown>,
  prefix: string,
): string | undefined {
  for (const name of shape.required) {
    if (input[name] !== undefined) continue;
    const kind = shape.fields[name]?.kind;
    if (kind !== 'list' && kind !== 'map') return prefix + name;
  }
  for (const name in input) {
    const field = shape.fields[name];
    if (field?.kind !== 'list' || field.member.kind !== 'structure') continue;
    let index = 0;
    for (const member of input[name] as Record<string, unknown>[]) {
      index += 1;
      const path = missingScalar(field.member, member, `${prefix}${field.flat ?? name}.${index}.`);
      if (path !== undefined) return path;
    }
  }
  return undefined;
}

/** A list whose absence the service answers with an error of its own: left to the action. */
const OWN_ERROR = 'PublishBatchRequestEntries';

/**
 * Refuses an input that lacks a required member, in the words that SNS and STS share.
 *
 * @throws ServiceError `ValidationError`, naming every member that is missing.
 */
export function requireMembers(shape: StructureShape, input: Record<string, unknown>): void {
  requireAll(shape, input, 'ValidationError');
}

/** `requireMembers` with KMS's name of the error, `ValidationException`. */
export function requireKmsMembers(shape: StructureShape, input: Record<string, unknown>): void {
  requireAll(shape, input, 'ValidationException');
}

/** `requireMembers` with CloudWatch Logs' name of the error, `InvalidParameterException`. */
export function requireLogsMembers(shape: StructureShape, input: Record<string, unknown>): void {
  requireAll(shape, input, 'InvalidParameterException');
}

/** `requireMembers` with API Gateway's name of the error, `BadRequestException`. */
export function requireApiGatewayMembers(
  shape: StructureShape,
  input: Record<string, unknown>,
): void {
  requireAll(shape, input, 'BadRequestException');
}

function requireAll(shape: StructureShape, input: Record<string, unknown>, code: string): void {
  const missing: string[] = [];
  collectMissing(shape, input, '', missing);
  if (missing.length === 0) return;
  const found = missing.map(
    (path) => `Value null at '${path}' failed to satisfy constraint: Member must not be null`,
  );
  throw new ServiceError(
    code,
    `${found.length} validation error${found.length === 1 ? '' : 's'} detected: ${found.join('; ')}`,
  );
}

function collectMissing(
  shape: StructureShape,
  input: Record<string, unknown>,
  prefix: string,
  missing: string[],
): void {
  for (const name of shape.required) {
    if (input[name] === undefined && name !== OWN_ERROR) missing.push(prefix + lowerFirst(name));
  }
  for (const name in input) {
    const field: Shape | undefined = shape.fields[name];
    if (field?.kind === 'structure') {
      const path = `${prefix}${lowerFirst(name)}.`;
      collectMissing(field, input[name] as Record<string, unknown>, path, missing);
    } else if (field?.kind === 'list' && field.member.kind === 'structure') {
      const { member } = field;
      const list = prefix + lowerFirst(name);
      (input[name] as Record<string, unknown>[]).forEach((value, index) => {
        collectMissing(member, value, `${list}.${index + 1}.member.`, missing);
      });
    }
  }
}

function lowerFirst(name: string): string {
  return name.charAt(0).toLowerCase() + name.slice(1);
}
