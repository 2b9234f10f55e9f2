import { usageError } from './errors.ts';
import { SERVICES } from './services.ts';

/** Which of AWS's imperfections an engine shows, and how often. */
export interface Faults {
  /** Milliseconds added to every call. */
  readonly latency: number;
  /** Share of calls that are throttled, 0 to 1. */
  readonly throttle: number;
  /** Share of calls that fail with the service's internal error, 0 to 1. */
  readonly error: number;
  /** Share of messages that a standard queue delivers twice, 0 to 1. */
  readonly duplicate: number;
  /** Whether standard queues hand out messages in another order than they came. */
  readonly reorder: boolean;
  /** Calls that are refused as if the caller lacked the permission: `sns:GetTopicAttributes`, `kms:*`, `*`. */
  readonly deny?: readonly string[];
}

export const NO_FAULTS: Faults = {
  latency: 0,
  throttle: 0,
  error: 0,
  duplicate: 0,
  reorder: false,
};

/** The longest latency that can be asked for, in milliseconds. */
export const MAX_LATENCY = 60_000;

/** Seeds are whole numbers from 0 to this. */
export const MAX_SEED = 2 ** 32 - 1;

const NAMES = ['latency', 'throttle', 'error', 'duplicate', 'reorder', 'deny'] as const;
const PERMISSION = new RegExp(`^(\\*|(${SERVICES.join('|')}):[A-Za-z*]+)$`);
const EXAMPLE = '--faults latency=50ms,throttle=5%,duplicate=1%,reorder,error=2%';

/**
 * Reads the value of `--faults`: names with values, separated by commas.
 *
 * @throws AppError `InvalidFaults` (exit code 2) for an unknown or repeated name, and for values out of bounds.
 */
export function parseFaults(text: string): Faults {
  const faults: { -readonly [Name in keyof Faults]: Faults[Name] } = { ...NO_FAULTS };
  const seen = new Set<string>();
  for (const part of text.split(',')) {
    const [rawName = '', value] = part.split('=', 2);
    const name = rawName.trim();
    if (name !== 'deny' && seen.has(name)) throw invalid(`${name} is given twice`);
    seen.add(name);
    switch (name) {
      case 'latency':
        faults.latency = parseLatency(value);
        break;
      case 'throttle':
      case 'error':
      case 'duplicate':
        faults[name] = parseShare(name, value);
        break;
      case 'reorder':
        if (value !== undefined) throw invalid('reorder takes no value');
        faults.reorder = true;
        break;
      case 'deny':
        faults.deny = [...(faults.deny ?? []), parsePermission(value)];
        break;
      default:
        throw invalid(`"${name}" is not a fault; there are ${NAMES.join(', ')}`);
    }
  }
  if (faults.throttle + faults.error > 1) {
    throw invalid('throttle and error make more than 100% together');
  }
  return faults;
}

/** The text that `parseFaults` reads back; empty without faults. */
export function formatFaults(faults: Faults): string {
  const parts: string[] = [];
  if (faults.latency > 0) parts.push(`latency=${faults.latency}ms`);
  for (const name of ['throttle', 'error', 'duplicate'] as const) {
    if (faults[name] > 0) parts.push(`${name}=${Number((faults[name] * 100).toPrecision(12))}%`);
  }
  if (faults.reorder) parts.push('reorder');
  for (const permission of faults.deny ?? []) parts.push(`deny=${permission}`);
  return parts.join(',');
}

/**
 * Reads the value of `--seed`.
 *
 * @throws AppError `InvalidFaults` (exit code 2) for anything but a whole number from 0 to `MAX_SEED`.
 */
export function parseSeed(text: string): number {
  const seed = Number(text);
  if (!/^\d{1,10}$/.test(text) || seed > MAX_SEED) {
    throw usageError(
      `--seed must be a whole number from 0 to ${MAX_SEED}, not "${text}".`,
      '--seed 7',
      'InvalidFaults',
    );
  }
  return seed;
}

function parseLatency(value: string | undefined): number {
  const [, amount, unit] = /^(\d+(?:\.\d+)?)(ms|s)$/.exec(value ?? '') ?? [];
  if (amount === undefined) throw invalid('latency needs a time such as 50ms or 2s');
  const latency = Number(amount) * (unit === 's' ? 1000 : 1);
  if (latency > MAX_LATENCY) throw invalid(`latency is at most ${MAX_LATENCY}ms`);
  return latency;
}

function parseShare(name: string, value: string | undefined): number {
  const [, amount] = /^(\d+(?:\.\d+)?)%$/.exec(value ?? '') ?? [];
  if (amount === undefined) throw invalid(`${name} needs a percentage such as 5%`);
  if (Number(amount) > 100) throw invalid(`${name} is at most 100%`);
  return Number(amount) / 100;
}

function parsePermission(value = ''): string {
  if (PERMISSION.test(value)) return value;
  throw invalid('deny needs a permission such as sns:GetTopicAttributes or kms:*');
}

function invalid(reason: string) {
  return usageError(`--faults: ${reason}.`, EXAMPLE, 'InvalidFaults');
}
