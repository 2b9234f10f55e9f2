import { invalidParameter } from '../refusals.ts';

const ARN_ELEMENTS = 6;
const UUID_CHARACTERS = 36;
/** Of `app/GCM/name` and `endpoint/GCM/name/id`. */
const SLASHES = { app: 2, endpoint: 3 } as const;

/**
 * Checks the ARN of a platform application (`app`) or of an endpoint.
 *
 * @throws ServiceError `InvalidParameter`, with the name of the parameter
 */
export function checkArn(arn: string, kind: 'app' | 'endpoint', parameter: string): void {
  const elements = arn.split(':');
  if (elements.length < ARN_ELEMENTS) {
    throw invalidParameter(
      `${parameter} Reason: An ARN must have at least 6 elements, not ${elements.length}`,
    );
  }
  const [prefix, , service, , , resource = ''] = elements;
  const parts = resource.split('/');
  if (parts.length - 1 !== SLASHES[kind]) {
    throw invalidParameter(
      `${parameter} Reason: Wrong number of slashes in relative portion of the ARN.`,
    );
  }
  if (prefix !== 'arn' || service !== 'sns' || parts[0] !== kind) throw invalidParameter(parameter);
  if (kind === 'endpoint' && parts.at(-1)?.length !== UUID_CHARACTERS) {
    throw invalidParameter(
      `${parameter} Reason: ARN specifies an invalid endpointId: UUID must be encoded in exactly ${UUID_CHARACTERS} characters.`,
    );
  }
}
