import { ServiceError } from '../../../errors.ts';
import type { SnsContext } from '../context.ts';
import { checkArn } from './arns.ts';
import type { PlatformEndpoint, PlatformResource } from './state.ts';

/**
 * The platform application that an action names; only its own account may.
 *
 * @throws ServiceError `InvalidParameter`, `NotFound`, `AuthorizationError`
 */
export function applicationFor(ctx: SnsContext, arn: string, action: string): PlatformResource {
  checkArn(arn, 'app', 'PlatformApplicationArn');
  authorizeOwner(ctx, arn, action);
  const application = ctx.state.platform.applications.get(arn);
  if (application === undefined) throw notFound('PlatformApplication does not exist');
  return application;
}

/** The endpoint that an action names, likewise. */
export function endpointFor(ctx: SnsContext, arn: string, action: string): PlatformEndpoint {
  checkArn(arn, 'endpoint', 'EndpointArn');
  authorizeOwner(ctx, arn, action);
  const endpoint = ctx.state.platform.endpoints.get(arn);
  if (endpoint === undefined) throw notFound('Endpoint does not exist');
  return endpoint;
}

/** @throws ServiceError `AuthorizationError` for what belongs to another account */
export function authorizeOwner(ctx: SnsContext, arn: string, action: string): void {
  if (arn.split(':')[4] === ctx.account) return;
  throw new ServiceError(
    'AuthorizationError',
    `User: ${ctx.principalArn} is not authorized to perform: SNS:${action} on resource: ${arn}`,
    { status: 403 },
  );
}

function notFound(message: string): ServiceError {
  return new ServiceError('NotFound', message, { status: 404 });
}
