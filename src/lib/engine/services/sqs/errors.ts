import { ServiceError } from '../../errors.ts';

// Codes and statuses: the `awsQueryError` traits of the service's API model. The common codes
// (InvalidParameterValue, MissingParameter, AccessDenied) have other names in the JSON protocol.

const PREFIX = 'AWS.SimpleQueueService.';

function prefixed(code: string, message: string, status = 400): ServiceError {
  return new ServiceError(code, message, { status, queryCode: PREFIX + code });
}

export function queueDoesNotExist(): ServiceError {
  return new ServiceError('QueueDoesNotExist', 'The specified queue does not exist.', {
    queryCode: `${PREFIX}NonExistentQueue`,
    queryMessage: 'The specified queue does not exist for this wsdl version.',
  });
}

export function queueNameExists(attribute: string): ServiceError {
  return new ServiceError(
    'QueueNameExists',
    `A queue already exists with the same name and a different value for attribute ${attribute}`,
    { queryCode: 'QueueAlreadyExists' },
  );
}

export function queueDeletedRecently(): ServiceError {
  return prefixed(
    'QueueDeletedRecently',
    'You must wait 60 seconds after deleting a queue before you can create another with the same name.',
  );
}

export function purgeQueueInProgress(name: string): ServiceError {
  return prefixed(
    'PurgeQueueInProgress',
    `Only one PurgeQueue operation on ${name} is allowed every 60 seconds.`,
    403,
  );
}

/** Server-side encryption is either with KMS or with keys of the service. */
export function oneEncryptionOnly(): ServiceError {
  return new ServiceError(
    'InvalidAttributeName',
    'You can use one type of server-side encryption (SSE) at one time. You can either enable KMS SSE or SQS SSE.',
  );
}

/** `InvalidParameterValue` with a text of its own. */
export function invalidParameter(message: string): ServiceError {
  return new ServiceError('InvalidParameterValueException', message, {
    queryCode: 'InvalidParameterValue',
    origin: 'framework',
  });
}

export function noDeduplicationId(): ServiceError {
  return invalidParameter(
    'The queue should either have ContentBasedDeduplication enabled or MessageDeduplicationId provided explicitly',
  );
}

/** `Value … for parameter … is invalid. Reason: …`: batches tell only the reason of an entry's failure. */
export class InvalidValue extends ServiceError {
  /** Without a full stop. */
  readonly reason: string;
  /** The code of a batch entry that fails with it. */
  readonly entryCode: string;

  constructor(
    value: string | number,
    parameter: string,
    reason: string,
    entryCode = 'InvalidParameterValue',
  ) {
    super(
      'InvalidParameterValueException',
      `Value ${value} for parameter ${parameter} is invalid. Reason: ${reason}.`,
      { queryCode: 'InvalidParameterValue', origin: 'framework' },
    );
    this.reason = reason;
    this.entryCode = entryCode;
  }
}

/** An `InvalidValue`; `reason` without a full stop. */
export function invalidValue(
  value: string | number,
  parameter: string,
  reason: string,
): InvalidValue {
  return new InvalidValue(value, parameter, reason);
}

/** The service's reason for parameters that only the other type of queue has. */
export function notForThisQueueType(value: string | number, parameter: string): InvalidValue {
  return invalidValue(
    value,
    parameter,
    'The request include parameter that is not valid for this queue type',
  );
}

export function missingParameter(name: string): ServiceError {
  return new ServiceError(
    'MissingRequiredParameterException',
    `The request must contain the parameter ${name}.`,
    { queryCode: 'MissingParameter', origin: 'framework' },
  );
}

export function invalidAttributeName(name: string): ServiceError {
  return new ServiceError('InvalidAttributeName', `Unknown Attribute ${name}.`);
}

/** `reason` without a full stop. */
export function invalidAttributeValue(name: string, reason?: string): ServiceError {
  const why = reason === undefined ? '' : ` Reason: ${reason}.`;
  return new ServiceError(
    'InvalidAttributeValue',
    `Invalid value for the parameter ${name}.${why}`,
  );
}

/** For attributes of high throughput on a standard queue. */
export function onlyForFifoQueues(name: string): ServiceError {
  return new ServiceError(
    'InvalidAttributeName',
    `You can specify the ${name} only when FifoQueue is set to true.`,
  );
}

/** Says which character SQS doesn't take, and where it stands. */
export function forbiddenCharacter(character: number, part: string): string {
  return `Invalid binary character '#x${character.toString(16).toUpperCase()}' was found in the ${part}, the set of allowed characters is #x9 | #xA | #xD | [#x20-#xD7FF] | [#xE000-#xFFFD] | [#x10000-#x10FFFF].`;
}

export function invalidMessageContents(character: number, part: string): ServiceError {
  return new ServiceError('InvalidMessageContents', forbiddenCharacter(character, part));
}

/** `StringListValues` and `BinaryListValues`: "Not implemented. Reserved for future use." */
export function unsupportedListValues(): ServiceError {
  return prefixed(
    'UnsupportedOperation',
    'Message attribute list values in SendMessage operation are not supported.',
  );
}

export function receiptHandleIsInvalid(handle: string): ServiceError {
  return new ServiceError(
    'ReceiptHandleIsInvalid',
    `The input receipt handle "${handle}" is not a valid receipt handle.`,
    { status: 404 },
  );
}

/** For handles whose message is no longer theirs to delete; a batch has another code for it. */
export function receiptHandleExpired(handle: string): ServiceError {
  return new InvalidValue(
    handle,
    'ReceiptHandle',
    'The receipt handle has expired',
    'ReceiptHandleIsInvalid',
  );
}

export function emptyBatchRequest(entry: string): ServiceError {
  return prefixed('EmptyBatchRequest', `There should be at least one ${entry} in the request.`);
}

export function tooManyEntries(limit: number, sent: number): ServiceError {
  return prefixed(
    'TooManyEntriesInBatchRequest',
    `Maximum number of entries per request are ${limit}. You have sent ${sent}.`,
  );
}

export function batchEntryIdsNotDistinct(id: string): ServiceError {
  return prefixed('BatchEntryIdsNotDistinct', `Id ${id} repeated.`);
}

export function invalidBatchEntryId(): ServiceError {
  return prefixed(
    'InvalidBatchEntryId',
    'A batch entry id can only contain alphanumeric characters, hyphens and underscores. It can be at most 80 letters long.',
  );
}

export function batchRequestTooLong(limit: number, sent: number): ServiceError {
  return prefixed(
    'BatchRequestTooLong',
    `Batch requests cannot be longer than ${limit} bytes. You have sent ${sent} bytes.`,
  );
}

export function overLimit(message: string): ServiceError {
  return new ServiceError('OverLimit', message, { status: 403 });
}

/** For a short poll of a standard queue that has as many messages in flight as it may. */
export function tooManyInFlight(): ServiceError {
  return overLimit(
    'Too many messages have been received without being deleted.\nPlease delete your received messages or let them timeout before receiving more.',
  );
}

export function resourceNotFound(message: string): ServiceError {
  return new ServiceError('ResourceNotFoundException', message, { status: 404 });
}

/** For queue URLs that address nothing here. */
export function invalidAddress(address: string): ServiceError {
  return new ServiceError(
    'InvalidAddress',
    `The address ${address} is not valid for this endpoint.`,
    {
      status: 404,
    },
  );
}

/** `action` as IAM writes it after `sqs:`, in lower case as the service does. */
export function accessDenied(
  principalArn: string,
  action: string,
  resource: string,
  because: string,
): ServiceError {
  const permission = `sqs:${action.toLowerCase()}`;
  return new ServiceError(
    'AccessDeniedException',
    `User: ${principalArn} is not authorized to perform: ${permission} on resource: ${resource} ${because.replace('{action}', permission)}`,
    { status: 403, queryCode: 'AccessDenied', origin: 'framework' },
  );
}
