import { invalid } from './errors.ts';

/** "Up to 50 tags per resource", of 128 and 256 characters (Lambda Developer Guide, "Using tags"). */
const MAX_TAGS = 50;
const MAX_KEY_LENGTH = 128;
const MAX_VALUE_LENGTH = 256;

/**
 * @param before what there is already.
 * @returns both together. @throws ServiceError `InvalidParameterValueException`
 */
export function checkTags(
  tags: Readonly<Record<string, string>>,
  before: Readonly<Record<string, string>> = {},
): Record<string, string> {
  const entries = Object.entries(tags);
  const merged = { ...before, ...tags };
  if (Object.keys(merged).filter((key) => !isReserved(key)).length > MAX_TAGS) {
    throw invalid(`Number of tags exceeds resource tag limit of ${MAX_TAGS}.`);
  }
  for (const [key, value] of entries) {
    if (key === '' || key.length > MAX_KEY_LENGTH || value.length > MAX_VALUE_LENGTH) {
      throw invalid(`The tag ${key} is too long, or has no key.`);
    }
    if (isReserved(key)) throw invalid(`The tag ${key} is reserved: aws: is for AWS's own.`);
  }
  return merged;
}

function isReserved(key: string): boolean {
  return /^aws:/i.test(key);
}
