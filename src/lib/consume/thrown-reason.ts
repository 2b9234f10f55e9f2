import { inspect } from 'node:util';

/** What stands for something thrown that can't be looked at. */
const UNSPEAKABLE = 'it threw something that cannot be shown';

/**
 * What somebody's code threw, in words: an error's message, or the thrown value as `util.inspect` shows it. Anything
 * can be thrown (`undefined`, an object without a prototype, an error whose message is an object): never throws.
 */
export function thrownReason(thrown: unknown): string {
  try {
    if (typeof thrown === 'string' && thrown !== '') return thrown;
    if (thrown instanceof Error) {
      const { message, name } = thrown as { readonly message: unknown; readonly name: unknown };
      if (typeof message === 'string' && message !== '') return message;
      if (message !== undefined && message !== '') return shown(message);
      return typeof name === 'string' && name !== '' ? name : 'an error without a message';
    }
    return `it threw ${shown(thrown)}`;
  } catch {
    return UNSPEAKABLE;
  }
}

/** The `code` of a thrown error; undefined where it has none, or can't be asked. */
export function thrownCode(thrown: unknown): string | undefined {
  try {
    const { code } = (thrown ?? {}) as { readonly code?: unknown };
    return typeof code === 'string' ? code : undefined;
  } catch {
    return undefined;
  }
}

function shown(value: unknown): string {
  return inspect(value, { depth: 2, breakLength: Number.POSITIVE_INFINITY, compact: true });
}
