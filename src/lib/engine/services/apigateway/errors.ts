import { ServiceError } from '../../errors.ts';

// Names and statuses as API Gateway's model has them.

/** 400 for a value that can't be taken. */
export const badRequest = (message: string): ServiceError =>
  new ServiceError('BadRequestException', message);

/** 409 for what is there already, or is in use. */
export const conflict = (message: string): ServiceError =>
  new ServiceError('ConflictException', message, { status: 409 });

/** 404 for an id that leads nowhere. @param kind such as `API`. */
export const notFound = (kind: string, id: string): ServiceError =>
  new ServiceError('NotFoundException', `Invalid ${kind} identifier specified ${id}`, {
    status: 404,
    members: { resourceType: kind },
  });
