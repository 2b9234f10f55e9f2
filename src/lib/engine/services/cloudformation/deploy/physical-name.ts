import { randomBytes } from 'node:crypto';

const LETTERS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789';
const SUFFIX_LENGTH = 12;
/** Of a name that has to be cut, this much of the stack's name stays at least. */
const LEAST_STACK_NAME = 4;

/** Letters and digits that make a generated name another than every one before. */
export function newSuffix(): string {
  return Array.from(randomBytes(SUFFIX_LENGTH), (byte) => LETTERS[byte % LETTERS.length]).join('');
}

/**
 * `stack-Logical-ABCDEFGHIJKL`; both names are cut where that is too long.
 *
 * @param most characters.
 * @see https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-properties-name.html
 */
export function generatedName(
  stack: string,
  logicalId: string,
  suffix: string,
  most: number,
): string {
  const room = most - suffix.length - 2;
  const forLogicalId = Math.min(
    logicalId.length,
    Math.max(room - stack.length, Math.floor(room / 2)),
  );
  const forStack = Math.max(room - forLogicalId, LEAST_STACK_NAME);
  return `${stack.slice(0, forStack)}-${logicalId.slice(0, forLogicalId)}-${suffix}`;
}
