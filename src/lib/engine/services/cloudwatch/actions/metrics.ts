import type {
  ListMetricsInput,
  ListMetricsOutput,
  MetricDatum,
  PutMetricDataInput,
} from '@aws-sdk/client-cloudwatch';
import type { CloudWatchContext } from '../context.ts';
import { invalidCombination, invalidValue, missingParameter } from '../errors.ts';
import { checkDimensions, checkUnit } from '../metrics/checks.ts';
import { MINUTE_MS, type Point, type Series } from '../metrics/series.ts';
import { pageOf } from '../pages.ts';

const MAX_DATA = 1_000;
const MAX_VALUES = 150;
const HOUR_MS = 60 * MINUTE_MS;
/** "Time stamps that are between two weeks before the current date, and up to two hours into the future". */
const OLDEST_MS = 14 * 24 * HOUR_MS;
const FUTURE_MS = 2 * HOUR_MS;
const RECENT_MS = 3 * HOUR_MS;
const PAGE_SIZE = 500;

/** https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutMetricData.html */
export function putMetricData(input: PutMetricDataInput, ctx: CloudWatchContext): void {
  const { Namespace: namespace = '', MetricData = [], EntityMetricData = [] } = input;
  if (namespace === '') throw missingParameter('The parameter Namespace is required.');
  if (namespace.startsWith('AWS/')) {
    throw invalidValue('The value AWS/ for parameter Namespace is invalid.');
  }
  const data = [...MetricData, ...EntityMetricData.flatMap((each) => each.MetricData ?? [])];
  if (data.length === 0) throw missingParameter('The parameter MetricData is required.');
  if (data.length > MAX_DATA) {
    throw invalidValue(`The collection MetricData must not have a size greater than ${MAX_DATA}.`);
  }
  const now = ctx.clock.timestamp();
  const read = data.map((datum, index) => readDatum(datum, `MetricData.member.${index + 1}`, now));
  for (const { name, dimensions, points } of read) {
    for (const point of points) ctx.state.metrics.add(ctx, { namespace, name, dimensions }, point);
  }
}

function readDatum(datum: MetricDatum, path: string, now: number) {
  const { MetricName: name = '', Unit: unit = 'None', Timestamp, Dimensions } = datum;
  if (name === '') throw missingParameter(`The parameter ${path}.MetricName is required.`);
  checkUnit(unit);
  const time = Timestamp?.getTime() ?? now;
  if (!(time >= now - OLDEST_MS && time <= now + FUTURE_MS)) {
    throw invalidValue(
      `The parameter ${path}.Timestamp must specify a time no more than two weeks in the past and two hours in the future.`,
    );
  }
  const minute = Math.floor(time / MINUTE_MS);
  const points: Point[] = samplesOf(datum, path).map((sample) => ({
    minute,
    last: minute,
    unit,
    ...sample,
  }));
  return { name, dimensions: checkDimensions(Dimensions), points };
}

/** The samples of a datum: one value, several with their counts, or what they add up to. */
function samplesOf(
  { Value, Values, Counts, StatisticValues }: MetricDatum,
  path: string,
): Pick<Point, 'count' | 'sum' | 'min' | 'max'>[] {
  const given = [Value, Values, StatisticValues].filter((each) => each !== undefined).length;
  if (given !== 1) {
    throw invalidCombination(
      `${path} needs exactly one of Value, Values and StatisticValues: ${given} were given.`,
    );
  }
  if (StatisticValues !== undefined) {
    const { SampleCount = 0, Sum = 0, Minimum = 0, Maximum = 0 } = StatisticValues;
    if (SampleCount <= 0)
      throw invalidValue(`${path}.StatisticValues.SampleCount must be above 0.`);
    if (Minimum > Maximum) throw invalidValue(`${path}.StatisticValues: Minimum is above Maximum.`);
    return [{ count: SampleCount, sum: Sum, min: Minimum, max: Maximum }];
  }
  const values = Values ?? [Value ?? 0];
  if (values.length > MAX_VALUES) {
    throw invalidValue(
      `The collection ${path}.Values must not have a size greater than ${MAX_VALUES}.`,
    );
  }
  if (Counts !== undefined && Counts.length !== values.length) {
    throw invalidValue(`${path}: Values and Counts must have the same length.`);
  }
  return values.map((value, index) => {
    const count = Counts?.[index] ?? 1;
    if (!Number.isFinite(value)) throw invalidValue(`The value ${value} of ${path} is no number.`);
    if (count <= 0) throw invalidValue(`${path}.Counts must be above 0.`);
    return { count, sum: value * count, min: value, max: value };
  });
}

/** https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_ListMetrics.html */
export function listMetrics(input: ListMetricsInput, ctx: CloudWatchContext): ListMetricsOutput {
  const { Namespace, MetricName, Dimensions = [], RecentlyActive, NextToken } = input;
  if (RecentlyActive !== undefined && RecentlyActive !== 'PT3H') {
    throw invalidValue('The only value of RecentlyActive is PT3H.');
  }
  const first = (ctx.clock.timestamp() - RECENT_MS) / MINUTE_MS;
  const isWanted = ({ namespace, name, dimensions, points }: Series) =>
    (Namespace === undefined || namespace === Namespace) &&
    (MetricName === undefined || name === MetricName) &&
    Dimensions.every(({ Name, Value }) =>
      dimensions.some(
        (each) => each.Name === Name && (Value === undefined || each.Value === Value),
      ),
    ) &&
    (RecentlyActive === undefined || (points.at(-1)?.last ?? 0) >= first);
  const { items, ...page } = pageOf(
    ctx.state.metrics.list(ctx).filter(isWanted),
    PAGE_SIZE,
    NextToken,
  );
  return {
    Metrics: items.map(({ namespace, name, dimensions }) => ({
      Namespace: namespace,
      MetricName: name,
      Dimensions: [...dimensions],
    })),
    ...page,
  };
}
