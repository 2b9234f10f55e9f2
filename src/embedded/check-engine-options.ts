import {
  assertTokenGuards,
  isClientName,
  isHttpHost,
  tokenFor,
} from '../lib/engine/background/start-rules.ts';
import { usageError } from '../lib/rules/errors.ts';
import { type Faults, MAX_LATENCY, MAX_SEED, NO_FAULTS, parseFaults } from '../lib/rules/faults.ts';
import { parseIdentity } from '../lib/rules/identities.ts';
import { assertRegion } from '../lib/rules/regions.ts';
import {
  checkOptions,
  type OptionRule,
  type OptionRules,
  RULES,
  wholeNumber,
} from '../library/check-options.ts';
import type { EngineOptions } from './options.ts';

const oneOf = (...values: readonly string[]): OptionRule => ({
  what: values.join(' or '),
  fits: (value) => values.some((each) => each === value),
});
const listOf = (what: string, fitsOne: (text: string) => boolean): OptionRule => {
  const fits = (each: unknown) => typeof each === 'string' && fitsOne(each);
  return {
    what: `a list of ${what}`,
    fits: (value) => Array.isArray(value) && value.every(fits),
    culprit: (value) => (Array.isArray(value) ? value.find((each) => !fits(each)) : value),
  };
};
const textOrObject: OptionRule = {
  what: 'a text or an object',
  fits: (value) => RULES.text.fits(value) || RULES.object.fits(value),
};
const share: OptionRule = {
  what: 'a share from 0 to 1',
  fits: (value) => typeof value === 'number' && value >= 0 && value <= 1,
};

const MAX_PORT = 65_535;

const OPTION_RULES: OptionRules<EngineOptions> = {
  port: wholeNumber('a whole number', 0, MAX_PORT),
  stateDir: {
    what: 'the path of a folder',
    fits: (value) => RULES.text.fits(value) && value !== '',
  },
  clock: oneOf('running', 'frozen'),
  now: {
    what: 'a time, such as 2026-01-31T12:00:00Z',
    fits: (value) =>
      ['string', 'number', 'object'].includes(typeof value) &&
      !Number.isNaN(new Date(value as string | number | Date).getTime()),
  },
  waits: RULES.flag,
  policies: oneOf('enforce', 'warn'),
  init: textOrObject,
  faults: textOrObject,
  seed: wholeNumber('a whole number', 0, MAX_SEED),
  allowHttp: listOf('host names, with a port or without', isHttpHost),
  identities: listOf('texts', () => true),
  allowHosts: listOf('names without a port', isClientName),
  host: RULES.text,
  token: RULES.text,
  allowAnyone: RULES.flag,
  region: RULES.text,
};

const FAULT_RULES: OptionRules<Faults> = {
  latency: {
    what: `a number of milliseconds from 0 to ${MAX_LATENCY}`,
    fits: (value) => typeof value === 'number' && value >= 0 && value <= MAX_LATENCY,
  },
  throttle: share,
  error: share,
  duplicate: share,
  reorder: RULES.flag,
  deny: listOf('permissions, such as sns:Get*', () => true),
};

/** Options as an engine takes them. */
export interface CheckedOptions {
  readonly faults: Faults;
  readonly startAt: number | undefined;
  readonly token: string | undefined;
  readonly identities: readonly ReturnType<typeof parseIdentity>[];
}

/**
 * Checks options as `pubsub local run` checks its flags.
 * @throws AppError (exit 2) `InvalidOption`, `InvalidFaults`, `InvalidIdentity` or `InvalidRegion`, naming the option
 */
export function checkEngineOptions(options: EngineOptions): CheckedOptions {
  checkOptions('startEngine', options, OPTION_RULES);
  if (options.region !== undefined) assertRegion(options.region, false);
  assertTokenGuards(options, {
    token: 'token',
    allowAnyone: 'allowAnyone',
    open: "host: '0.0.0.0'",
  });
  return {
    faults: readFaults(options.faults),
    startAt: options.now === undefined ? undefined : new Date(options.now).getTime(),
    token: tokenFor(options, {
      host: `host ${options.host}`,
      hint: 'Give token, or allowAnyone: true',
    }),
    identities: (options.identities ?? []).map(parseIdentity),
  };
}

/** Faults as text or as an object; none for nothing. @throws AppError (exit 2) that names what can't be */
export function readFaults(faults: string | Partial<Faults> = ''): Faults {
  if (faults === '') return NO_FAULTS;
  if (typeof faults === 'string') return parseFaults(faults);
  checkOptions('faults', faults, FAULT_RULES);
  for (const permission of faults.deny ?? []) parseFaults(`deny=${permission}`);
  const { throttle = 0, error = 0 } = faults;
  if (throttle + error > 1) {
    const problem = 'throttle and error make more than 100% together';
    throw usageError(`The faults can't be: ${problem}.`, undefined, 'InvalidFaults');
  }
  const given = Object.entries(faults).filter(([, value]) => value !== undefined);
  return { ...NO_FAULTS, ...Object.fromEntries(given) };
}

/** @throws AppError (exit 2) */
export function checkSeed(seed: number): number {
  if (OPTION_RULES.seed.fits(seed)) return seed;
  throw usageError(`seed must be ${OPTION_RULES.seed.what}, not ${seed}.`);
}
