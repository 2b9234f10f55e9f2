import { ServiceError } from '../../errors.ts';

/** What a template or a parameter is refused with, and most of what else is wrong with a call. */
export function invalid(message: string): ServiceError {
  return new ServiceError('ValidationError', message);
}

/** @param name as the caller gave it: a name or an ARN. */
export function stackMissing(name: string): ServiceError {
  return invalid(`Stack with id ${name} does not exist`);
}

export function stackExists(name: string): ServiceError {
  return new ServiceError('AlreadyExistsException', `Stack [${name}] already exists`);
}

export function changeSetExists(name: string, stack: string): ServiceError {
  const message = `ChangeSet ${name} cannot be created due to a mismatch with existing attribute Name: the stack ${stack} has it already`;
  return new ServiceError('AlreadyExistsException', message);
}

export function changeSetMissing(name: string): ServiceError {
  return new ServiceError('ChangeSetNotFoundException', `ChangeSet [${name}] does not exist`, {
    status: 404,
    queryCode: 'ChangeSetNotFound',
  });
}

export function changeSetStatus(message: string): ServiceError {
  return new ServiceError('InvalidChangeSetStatusException', message, {
    queryCode: 'InvalidChangeSetStatus',
  });
}

/** @param capabilities that the caller has to acknowledge. */
export function insufficientCapabilities(capabilities: readonly string[]): ServiceError {
  return new ServiceError(
    'InsufficientCapabilitiesException',
    `Requires capabilities : [${capabilities.join(', ')}]`,
  );
}
