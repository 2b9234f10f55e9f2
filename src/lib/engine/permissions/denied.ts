import { ServiceError } from '../errors.ts';
import type { ServiceName } from '../service-name.ts';
import type { NeededPermission } from './needed.ts';

/** Why a call is refused that a policy of the caller's denies. */
export const EXPLICIT_DENY = 'with an explicit deny in an identity-based policy';

/**
 * What a call is refused with that IAM doesn't allow: names and statuses as each service's API model gives them.
 *
 * @param why completes the sentence, such as `EXPLICIT_DENY`; `{action}` in it stands for the permission
 */
export function accessDenied(
  service: ServiceName,
  principalArn: string,
  { action, resource }: NeededPermission,
  why: string,
): ServiceError {
  const permission = permissionText(service, action);
  const message = `User: ${principalArn} is not authorized to perform: ${permission} on resource: ${resource} ${why.replace('{action}', permission)}`;
  switch (service) {
    case 'sqs':
      return new ServiceError('AccessDeniedException', message, {
        status: 403,
        queryCode: 'AccessDenied',
        origin: 'framework',
      });
    case 'sns':
      return new ServiceError('AuthorizationError', message, { status: 403 });
    case 'elasticloadbalancing':
    case 'sts':
    case 'cloudformation':
    case 'cloudwatch':
      return new ServiceError('AccessDenied', message, { status: 403 });
    case 'lambda':
    case 'apigateway':
      return new ServiceError('AccessDeniedException', message, { status: 403 });
    case 'ecs':
    case 'kms':
    case 'logs':
      return new ServiceError('AccessDeniedException', message);
  }
}

/** Each service writes its permissions in a way of its own. */
function permissionText(service: ServiceName, action: string): string {
  if (service === 'sqs') return `sqs:${action.toLowerCase()}`;
  return service === 'sns' ? `SNS:${action}` : `${service}:${action}`;
}
