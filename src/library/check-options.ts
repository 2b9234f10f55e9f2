import { usageError } from '../lib/rules/errors.ts';
import { MAX_VISIBILITY_SECONDS, MAX_WAIT_SECONDS } from '../lib/rules/limits.ts';
import { nearest } from '../lib/rules/text/nearest.ts';
import { shownValue } from '../lib/rules/text/shown-text.ts';

/** What an option must be, in words, and whether a value is that. */
export interface OptionRule {
  readonly what: string;
  readonly fits: (value: unknown) => boolean;
  /** The part of a value that breaks the rule; the value itself unless given. */
  readonly culprit?: (value: unknown) => unknown;
}

/** The rules of a function's options, by name: every option has one, or the compiler says so. */
export type OptionRules<O> = { readonly [K in keyof Required<O>]: OptionRule };

const number = (what: string, least: number, most: number, whole = false): OptionRule => ({
  what,
  fits: (value) =>
    typeof value === 'number' &&
    value >= least &&
    value <= most &&
    (!whole || Number.isInteger(value)),
});

/** A rule for whole numbers. @param what in words, the bounds are added. */
export function wholeNumber(what: string, least: number, most: number): OptionRule {
  return number(`${what} from ${least} to ${most}`, least, most, true);
}

/** Handlers at once that can be asked for, as `listen --concurrency` has it. */
const MAX_CONCURRENCY = 1000;

/** Rules that options share. */
export const RULES = {
  /** For values that are checked where they are read. */
  any: { what: 'given', fits: () => true },
  text: { what: 'a text', fits: (value: unknown) => typeof value === 'string' },
  flag: { what: 'true or false', fits: (value: unknown) => typeof value === 'boolean' },
  call: { what: 'a function', fits: (value: unknown) => typeof value === 'function' },
  object: {
    what: 'an object',
    fits: (value: unknown) => typeof value === 'object' && value !== null,
  },
  filled: {
    what: 'a text that is not empty',
    fits: (value: unknown) => typeof value === 'string' && value !== '',
  },
  /** The settings of one are none. */
  topology: {
    what: 'a topology from defineTopology or loadTopology',
    fits: (value: unknown) =>
      typeof value === 'object' &&
      value !== null &&
      'topics' in value &&
      Array.isArray(value.topics),
  },
  target: { what: 'local or aws', fits: (value: unknown) => value === 'local' || value === 'aws' },
  concurrency: number(`a whole number from 1 to ${MAX_CONCURRENCY}`, 1, MAX_CONCURRENCY, true),
  timeout: number(
    `a number of seconds above 0, up to ${MAX_VISIBILITY_SECONDS}`,
    Number.MIN_VALUE,
    MAX_VISIBILITY_SECONDS,
  ),
  delay: number(
    `a number of seconds from 0 to ${MAX_VISIBILITY_SECONDS}`,
    0,
    MAX_VISIBILITY_SECONDS,
  ),
  wait: number(
    `a whole number of seconds from 0 to ${MAX_WAIT_SECONDS}`,
    0,
    MAX_WAIT_SECONDS,
    true,
  ),
  seconds: number('a number of seconds from 0', 0, Number.POSITIVE_INFINITY),
  milliseconds: number('a number of milliseconds from 0', 0, 2 ** 31 - 1),
} as const satisfies Readonly<Record<string, OptionRule>>;

/** Rules of `ConnectionOptions`. */
export const CONNECTION_RULES = {
  target: RULES.target,
  endpointUrl: RULES.text,
  region: RULES.text,
  profile: RULES.text,
} as const;

/** Refuses an argument that breaks its rule. @throws AppError `InvalidOption` (exit 2) */
export function checkArgument(name: string, where: string, value: unknown, rule: OptionRule): void {
  if (rule.fits(value)) return;
  throw usageError(
    `${name} of ${where} must be ${rule.what}, not ${shownValue(rule.culprit?.(value) ?? value)}.`,
    undefined,
    'InvalidOption',
  );
}

/**
 * Checks the options of a function as the flags of the same names are checked. What is undefined counts as not given.
 * @throws AppError `InvalidOption` (exit 2) that names the option, also a misspelt one.
 */
export function checkOptions<O extends object>(
  where: string,
  options: O,
  rules: OptionRules<O>,
): void {
  const known: Readonly<Record<string, OptionRule | undefined>> = rules;
  const names = Object.keys(rules);
  checkArgument('options', where, options, RULES.object);
  for (const [name, value] of Object.entries(options)) {
    if (value === undefined) continue;
    const rule = Object.hasOwn(known, name) ? known[name] : undefined;
    if (rule === undefined) {
      const near = nearest(name, names);
      throw usageError(
        `${where} has no option "${name}".${near ? ` Did you mean "${near}"?` : ''}`,
        `Options: ${names.join(', ')}.`,
        'InvalidOption',
      );
    }
    checkArgument(name, where, value, rule);
  }
}
