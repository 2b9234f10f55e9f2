import { ServiceError } from '../../errors.ts';

// Names as the service's API model gives them; Query answers have the shorter codes.

/** A value that AWS refuses, in the actions on metrics and tags. */
export const invalidValue = (message: string): ServiceError =>
  new ServiceError('InvalidParameterValueException', message, {
    queryCode: 'InvalidParameterValue',
  });

/** Members that exclude each other. */
export const invalidCombination = (message: string): ServiceError =>
  new ServiceError('InvalidParameterCombinationException', message, {
    queryCode: 'InvalidParameterCombination',
  });

/** A member that is needed here, though the model doesn't say so. */
export const missingParameter = (message: string): ServiceError =>
  new ServiceError('MissingRequiredParameterException', message, { queryCode: 'MissingParameter' });

/** A value that AWS refuses, in the actions on alarms. */
export const validationError = (message: string): ServiceError =>
  new ServiceError('ValidationError', message);

/** What AWS has and the engine hasn't, told in words. */
export const notHere = (what: string): ServiceError =>
  validationError(`The local engine does not support ${what}.`);

/** A page token that isn't one. */
export const invalidToken = (): ServiceError =>
  new ServiceError('InvalidNextToken', 'The specified nextToken is invalid.');

/** No alarm has the name. */
export const noAlarm = (): ServiceError =>
  new ServiceError('ResourceNotFound', '', { status: 404 });

/** No alarm has the ARN. */
export const noResource = (arn: string): ServiceError =>
  new ServiceError('ResourceNotFoundException', `There is no alarm ${arn}`, { status: 404 });
