import type { RequestContext } from '../../action.ts';
import { constraint, invalid, notFound } from './errors.ts';

/** A function as a caller names it: by name, partial ARN or ARN, with or without a version or alias. */
export interface FunctionAddress {
  readonly arn: string;
  readonly name: string;
  /** `$LATEST`, a number or an alias; undefined where none is named. */
  readonly qualifier: string | undefined;
}

/** Caller or owner. */
export type Place = Pick<RequestContext, 'account' | 'region'>;

/** What `FunctionName` may be (API model, `NamespacedFunctionName`). */
const ADDRESS =
  /^(?:arn:(aws[a-zA-Z-]*):lambda:)?(?:([a-z]{2}(?:-[a-z]+)+-\d):)?(?:(\d{12}):)?(function:)?([a-zA-Z0-9-_.]+)(?::(\$LATEST|[a-zA-Z0-9-_]+))?$/;
const PATTERN =
  '(arn:(aws[a-zA-Z-]*)?:lambda:)?([a-z]{2}((-gov)|(-iso([a-z]?)))?-[a-z]+-\\d{1}:)?(\\d{12}:)?(function:)?([a-zA-Z0-9-_\\.]+)(:(\\$LATEST(\\.PUBLISHED)?|[a-zA-Z0-9-_]+))?';
/** The same of what is created (API model, `FunctionName`): without dots. */
const NEW_PATTERN = PATTERN.replace('\\.]+)', ']+)').replace('(\\.PUBLISHED)?', '');
const MAX_ADDRESS_LENGTH = 256;
const MAX_NEW_ADDRESS_LENGTH = 140;
/** "If you specify only the function name, it is limited to 64 characters in length." */
const MAX_NAME_LENGTH = 64;

/** What `Qualifier` may be (API model, `NumericLatestPublishedOrAliasQualifier`). */
const QUALIFIER = /^[a-zA-Z0-9$_-]+$/;
const MAX_QUALIFIER_LENGTH = 128;

/**
 * @param qualifier that was given beside the name.
 * @throws ServiceError `ValidationException`; `InvalidParameterValueException` for two qualifiers that differ;
 * `ResourceNotFoundException` for another partition
 */
export function addressOf(place: Place, text = '', qualifier?: string): FunctionAddress {
  checkLength('functionName', text, MAX_ADDRESS_LENGTH);
  const found = ADDRESS.exec(text);
  if (found === null || isPartOfArn(text, found)) throw malformed(text, PATTERN);
  if (qualifier !== undefined) {
    checkLength('qualifier', qualifier, MAX_QUALIFIER_LENGTH);
    if (!QUALIFIER.test(qualifier)) {
      throw constraint(
        'qualifier',
        qualifier,
        'satisfy regular expression pattern: (|[a-zA-Z0-9$_-]+)',
      );
    }
  }
  const [, partition = 'aws', region = place.region, account = place.account, , name = '', inName] =
    found;
  if (inName !== undefined && qualifier !== undefined && inName !== qualifier) {
    throw invalid(
      'The derived qualifier from the function name does not match the specified qualifier.',
    );
  }
  if (partition !== 'aws') throw notFound(`Function not found: ${text}`);
  const arn = `arn:aws:lambda:${region}:${account}:function:${name}`;
  return { arn, name, qualifier: qualifier ?? inName };
}

/** `addressOf` for a caller, who reaches the functions of his region. @throws ServiceError also `ResourceNotFoundException` */
export function reachableAddress(ctx: Place, text?: string, qualifier?: string): FunctionAddress {
  const address = addressOf(ctx, text, qualifier);
  const [, , , region] = address.arn.split(':');
  if (region === ctx.region) return address;
  throw notFound(`Functions from '${region}' are not reachable in this region ('${ctx.region}')`);
}

/**
 * The address of a function that is to be made: by name, partial ARN or ARN, and without a qualifier.
 *
 * @throws ServiceError as `reachableAddress`
 */
export function newAddress(ctx: Place, text = ''): FunctionAddress {
  checkLength('functionName', text, text.includes(':') ? MAX_NEW_ADDRESS_LENGTH : MAX_NAME_LENGTH);
  const address = reachableAddress(ctx, text);
  if (address.name.includes('.')) throw malformed(text, NEW_PATTERN);
  checkLength('functionName', address.name, MAX_NAME_LENGTH);
  if (address.qualifier !== undefined) {
    throw invalid(
      `A function is created without a version or alias: ${text} names ${address.qualifier}.`,
    );
  }
  return address;
}

/** An ARN has all of its parts. */
function isPartOfArn(
  text: string,
  [, , region, account, kind]: readonly (string | undefined)[],
): boolean {
  if (!text.startsWith('arn:')) return false;
  return region === undefined || account === undefined || kind === undefined;
}

function checkLength(member: string, text: string, most: number): void {
  if (text === '') throw constraint(member, text, 'have length greater than or equal to 1');
  if (text.length > most) {
    throw constraint(member, text, `have length less than or equal to ${most}`);
  }
}

function malformed(text: string, pattern: string) {
  return constraint('functionName', text, `satisfy regular expression pattern: ${pattern}`);
}
