import { ServiceError } from '../../errors.ts';

// Names, statuses and texts as Lambda's API model and its answers have them.

/** 404 for a function, version, alias, policy or mapping that isn't there. */
export const notFound = (message: string): ServiceError =>
  new ServiceError('ResourceNotFoundException', message, { status: 404 });

/** 404 for a function, by the ARN that was asked for. */
export const noFunction = (arn: string): ServiceError => notFound(`Function not found: ${arn}`);

/** 409 for what is there already. */
export const conflict = (message: string): ServiceError =>
  new ServiceError('ResourceConflictException', message, { status: 409 });

/** 400 for a value that can't be taken. */
export const invalid = (message: string): ServiceError =>
  new ServiceError('InvalidParameterValueException', message);

/** 400 for a value that the API model excludes. */
export const constraint = (member: string, value: unknown, rule: string): ServiceError =>
  new ServiceError(
    'ValidationException',
    `1 validation error detected: Value '${String(value)}' at '${member}' failed to satisfy constraint: Member must ${rule}`,
  );

/** 400 for an event that is no JSON. */
export const invalidContent = (message: string): ServiceError =>
  new ServiceError('InvalidRequestContentException', message);

/** 413 for a body over its bound. */
export const requestTooLarge = (message: string): ServiceError =>
  new ServiceError('RequestEntityTooLargeException', message, { status: 413 });

/** 412 for a `RevisionId` that isn't the latest. */
export const outdatedRevision = (): ServiceError =>
  new ServiceError(
    'PreconditionFailedException',
    'The Revision Id provided does not match the latest Revision Id. Call the GetFunction/GetAlias API to retrieve the latest Revision Id',
    { status: 412 },
  );

/** 429 for an invocation that reserved concurrency leaves no room for. */
export const throttled = (): ServiceError =>
  new ServiceError('TooManyRequestsException', 'Rate Exceeded.', {
    status: 429,
    members: { Reason: 'ReservedFunctionConcurrentInvocationLimitExceeded' },
  });
