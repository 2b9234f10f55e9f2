import { ServiceError } from '../../errors.ts';

/** Names and texts as the service's API model and its answers have them. */
export const invalidConfiguration = (message: string): ServiceError =>
  new ServiceError('InvalidConfigurationRequest', message);
export const validationError = (message: string): ServiceError =>
  new ServiceError('ValidationError', message);
export const loadBalancerMissing = (arn: string): ServiceError =>
  new ServiceError('LoadBalancerNotFound', `Load balancer '${arn}' not found`);
export const targetGroupMissing = (arn: string): ServiceError =>
  new ServiceError('TargetGroupNotFound', `Target group '${arn}' not found`);
export const listenerMissing = (arn: string): ServiceError =>
  new ServiceError('ListenerNotFound', `Listener '${arn}' not found`);
