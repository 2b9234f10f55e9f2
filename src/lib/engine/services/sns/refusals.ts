import { ServiceError } from '../../errors.ts';

/** `InvalidParameter`, 400: SNS puts "Invalid parameter: " before what is wrong. */
export function invalidParameter(what: string): ServiceError {
  return new ServiceError('InvalidParameter', `Invalid parameter: ${what}`);
}

/** `ParameterValueInvalid`, 400 (`InvalidParameterValueException` in the SDKs): faults of message attributes. */
export function invalidParameterValue(what: string): ServiceError {
  return new ServiceError('ParameterValueInvalid', what);
}

/** `NotFound`, 404, for topics. */
export function topicNotFound(): ServiceError {
  return new ServiceError('NotFound', 'Topic does not exist', { status: 404 });
}

/** `NotFound`, 404, for subscriptions. */
export function subscriptionNotFound(): ServiceError {
  return new ServiceError('NotFound', 'Subscription does not exist', { status: 404 });
}

/** `ResourceNotFound`, 404: what the tagging actions say where the others say `NotFound`. */
export function resourceNotFound(): ServiceError {
  return new ServiceError('ResourceNotFound', 'Resource does not exist', { status: 404 });
}
