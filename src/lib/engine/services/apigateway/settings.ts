import { badRequest } from './errors.ts';

const MAX_TAGS = 50;
const METHODS: ReadonlySet<string> = new Set([
  'GET',
  'HEAD',
  'OPTIONS',
  'PATCH',
  'POST',
  'PUT',
  'DELETE',
  '*',
]);

/** @returns a copy. @throws ServiceError `BadRequestException` */
export function checkTags(tags: Readonly<Record<string, string>>): Record<string, string> {
  const keys = Object.keys(tags);
  if (keys.length > MAX_TAGS) throw badRequest(`The number of tags exceeds ${MAX_TAGS}.`);
  const reserved = keys.find((key) => /^aws:/i.test(key));
  if (reserved === undefined) return { ...tags };
  throw badRequest(`The tag ${reserved} is reserved: aws: is for AWS's own.`);
}

/**
 * "For CORS requests with credentials, you can't use the wildcard" is the browser's rule; these are the service's.
 *
 * @throws ServiceError `BadRequestException`
 */
export function checkCors(cors: {
  readonly allowCredentials?: boolean;
  readonly allowOrigins?: readonly string[];
  readonly allowMethods?: readonly string[];
  readonly maxAge?: number;
}): void {
  const { allowOrigins = [], allowMethods = [], maxAge = 0 } = cors;
  if (cors.allowCredentials === true && allowOrigins.includes('*')) {
    throw badRequest('allowCredentials is not supported for origin *');
  }
  const origin = allowOrigins.find((each) => each !== '*' && !/^[a-z][\w+.-]*:\/\/./i.test(each));
  if (origin !== undefined) throw badRequest(`Invalid format for origin ${origin}`);
  const method = allowMethods.find((each) => !METHODS.has(each));
  if (method !== undefined) throw badRequest(`Invalid method ${method} in allowMethods`);
  if (maxAge < -1 || maxAge > 86_400) {
    throw badRequest('maxAge must be between -1 and 86400 seconds');
  }
}
