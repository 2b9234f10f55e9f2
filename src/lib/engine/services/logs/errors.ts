import { ServiceError } from '../../errors.ts';

/** Names and texts as the service's API model and its answers have them. */
export const noGroup = (): ServiceError =>
  new ServiceError('ResourceNotFoundException', 'The specified log group does not exist.');
export const noStream = (): ServiceError =>
  new ServiceError('ResourceNotFoundException', 'The specified log stream does not exist.');
export const groupExists = (): ServiceError =>
  new ServiceError('ResourceAlreadyExistsException', 'The specified log group already exists');
export const streamExists = (): ServiceError =>
  new ServiceError('ResourceAlreadyExistsException', 'The specified log stream already exists');
export const invalid = (message: string): ServiceError =>
  new ServiceError('InvalidParameterException', message);
