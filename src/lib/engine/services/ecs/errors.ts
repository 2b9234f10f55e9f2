import { ServiceError } from '../../errors.ts';

/** Names and texts as the service's API model and its answers have them. */
export const clientError = (message: string): ServiceError =>
  new ServiceError('ClientException', message);
export const invalid = (message: string): ServiceError =>
  new ServiceError('InvalidParameterException', message);
export const clusterMissing = (): ServiceError =>
  new ServiceError('ClusterNotFoundException', 'Cluster not found.');
export const serviceMissing = (): ServiceError =>
  new ServiceError('ServiceNotFoundException', 'Service not found.');
export const serviceNotActive = (): ServiceError =>
  new ServiceError('ServiceNotActiveException', 'Service was not ACTIVE.');
export const clusterHasServices = (): ServiceError =>
  new ServiceError(
    'ClusterContainsServicesException',
    'The Cluster cannot be deleted while Services are active.',
  );
