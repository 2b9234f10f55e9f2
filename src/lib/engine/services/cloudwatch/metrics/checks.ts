import type { Dimension as GivenDimension } from '@aws-sdk/client-cloudwatch';
import { notHere, validationError } from '../errors.ts';
import type { Dimension } from './series.ts';

export const SECOND_MS = 1000;
const MAX_DIMENSIONS = 30;
/** The units of CloudWatch (API reference, `MetricDatum`). */
const UNITS: ReadonlySet<string> = new Set([
  'Seconds',
  'Microseconds',
  'Milliseconds',
  ...['Bytes', 'Kilobytes', 'Megabytes', 'Gigabytes', 'Terabytes'],
  ...['Bits', 'Kilobits', 'Megabits', 'Gigabits', 'Terabits'],
  'Percent',
  'Count',
  ...['Bytes', 'Kilobytes', 'Megabytes', 'Gigabytes', 'Terabytes'].map((unit) => `${unit}/Second`),
  ...['Bits', 'Kilobits', 'Megabits', 'Gigabits', 'Terabits'].map((unit) => `${unit}/Second`),
  'Count/Second',
  'None',
]);

/** @throws ServiceError `ValidationError` for a period that isn't a multiple of a minute */
export function checkPeriod(period: number): void {
  if (period === 1 || period === 5 || period === 10 || period === 20 || period === 30) {
    throw notHere(
      `periods below a minute: it keeps one data point a minute, so ${period} s is too short`,
    );
  }
  if (period > 0 && period % 60 === 0) return;
  throw validationError('Period must be 10, 20, 30 or a multiple of 60');
}

/** @throws ServiceError `ValidationError` for too many, or for one without a name or value */
export function checkDimensions(given: readonly GivenDimension[] = []): Dimension[] {
  if (given.length > MAX_DIMENSIONS) {
    throw validationError(
      `The collection Dimensions must not have a size greater than ${MAX_DIMENSIONS}.`,
    );
  }
  const names = new Set<string>();
  return given.map(({ Name = '', Value = '' }) => {
    if (Name === '' || Value === '') {
      throw validationError('A dimension must have a Name and a Value that are not empty.');
    }
    if (names.has(Name)) throw validationError(`The dimension ${Name} is there more than once.`);
    names.add(Name);
    return { Name, Value };
  });
}

/** @throws ServiceError `ValidationError` for a unit that CloudWatch doesn't know */
export function checkUnit(unit: string | undefined): void {
  if (unit === undefined || UNITS.has(unit)) return;
  throw validationError(
    `The value ${unit} for parameter Unit is not supported: it must be one of ${[...UNITS].join(', ')}.`,
  );
}
