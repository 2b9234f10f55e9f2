import { ServiceError } from '../../errors.ts';

// Names and statuses as KMS's API model gives them: all are answered with 400.

/** `NotFoundException`: no such key or alias. */
export function notFound(message: string): ServiceError {
  return new ServiceError('NotFoundException', message);
}

/** `InvalidArnException`: text that begins like an ARN and is none of KMS's. */
export function invalidArn(arn: string): ServiceError {
  return new ServiceError('InvalidArnException', `Invalid arn ${arn}`);
}

/** `KMSInvalidStateException`: the key's state forbids it; `state` completes "is …". */
export function invalidState(arn: string, state: string): ServiceError {
  return new ServiceError('KMSInvalidStateException', `${arn} is ${state}.`);
}

/** `ValidationException`: a value out of its bounds. */
export function invalid(message: string): ServiceError {
  return new ServiceError('ValidationException', message);
}

/** `MalformedPolicyDocumentException`: no policy, or one that would lock its author out. */
export function malformedPolicy(message: string): ServiceError {
  return new ServiceError('MalformedPolicyDocumentException', message);
}

/** `AccessDeniedException`: the key's policy doesn't let the caller. */
export function accessDenied(principal: string, action: string, resource: string): ServiceError {
  return new ServiceError(
    'AccessDeniedException',
    `User: ${principal} is not authorized to perform: kms:${action} on resource: ${resource} because no resource-based policy allows the kms:${action} action`,
  );
}

/** `UnsupportedOperationException`: what KMS does on AWS and the engine doesn't. */
export function unsupported(what: string): ServiceError {
  return new ServiceError(
    'UnsupportedOperationException',
    `The local engine does not support KMS ${what}.`,
  );
}
