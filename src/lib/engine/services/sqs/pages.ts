import { invalidParameter, invalidValue } from './errors.ts';

/** Most items of a list that one answer holds. */
const MAX_PAGE = 1000;

/**
 * One page of a list that is in the order of its names. A token is given only when a page size was asked for, as
 * `ListQueues` and `ListDeadLetterSourceQueues` do.
 *
 * @throws ServiceError InvalidParameterValue
 */
export function pageOf<T extends { readonly name: string }>(
  all: readonly T[],
  size: number | undefined,
  token: string | undefined,
): { items: readonly T[]; next: string | undefined } {
  if (size !== undefined && !(size >= 1 && size <= MAX_PAGE)) {
    throw invalidValue(size, 'MaxResults', `Must be between 1 and ${MAX_PAGE}, if provided`);
  }
  if (token !== undefined && size === undefined) {
    throw invalidParameter(
      'MaxResults is a mandatory parameter when you provide a value for NextToken.',
    );
  }
  const after = token === undefined ? '' : readToken(token);
  const rest = all.filter(({ name }) => name > after);
  const items = rest.slice(0, size ?? MAX_PAGE);
  const last = items.at(-1);
  const more = size !== undefined && rest.length > items.length && last !== undefined;
  return { items, next: more ? Buffer.from(`after:${last.name}`).toString('base64') : undefined };
}

function readToken(token: string): string {
  const text = Buffer.from(token, 'base64').toString();
  if (!text.startsWith('after:')) throw invalidParameter('Invalid or expired next token.');
  return text.slice('after:'.length);
}
