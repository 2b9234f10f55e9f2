import type {
  GetMetricDataInput,
  GetMetricDataOutput,
  GetMetricStatisticsInput,
  GetMetricStatisticsOutput,
  StandardUnit,
} from '@aws-sdk/client-cloudwatch';
import type { CloudWatchContext } from '../context.ts';
import { invalidCombination, invalidToken, invalidValue, missingParameter } from '../errors.ts';
import { checkDimensions, checkPeriod, checkUnit, SECOND_MS } from '../metrics/checks.ts';
import { periodsOf, readQueries, runQueries, type WindowOf } from '../metrics/queries.ts';
import { aggregates, periodStart, readStatistic, statisticOf } from '../metrics/statistics.ts';

const MAX_DATAPOINTS = 1_440;
const MAX_QUERIES = 500;
const MAX_RETURNED = 100_800;

/**
 * Statistics of one metric by periods. Data of several units are told apart.
 * @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_GetMetricStatistics.html
 */
export function getMetricStatistics(
  input: GetMetricStatisticsInput,
  ctx: CloudWatchContext,
): GetMetricStatisticsOutput {
  const { Namespace = '', MetricName = '', Period = 0, Unit, Dimensions } = input;
  const { Statistics = [], ExtendedStatistics = [] } = input;
  if (Statistics.length + ExtendedStatistics.length === 0) {
    throw missingParameter('Must specify either Statistics or ExtendedStatistics');
  }
  const statistics = [...Statistics, ...ExtendedStatistics].map(readStatistic);
  checkPeriod(Period);
  checkUnit(Unit);
  const periodMs = Period * SECOND_MS;
  const window = { ...windowIn(input, periodMs), periodMs };
  if ((window.end - window.start) / periodMs > MAX_DATAPOINTS) {
    throw invalidCombination(
      `You have requested up to ${Math.ceil((window.end - window.start) / periodMs)} datapoints, which exceeds the limit of ${MAX_DATAPOINTS}. You may reduce the datapoints requested by increasing Period, or decreasing the time range.`,
    );
  }
  const metric = {
    namespace: Namespace,
    name: MetricName,
    dimensions: checkDimensions(Dimensions),
  };
  const series = ctx.state.metrics.find(ctx, metric);
  const units = new Set(series?.points.map(({ unit }) => unit));
  const found = [...units]
    .filter((unit) => Unit === undefined || unit === Unit)
    .flatMap((unit) => aggregates(series, window, unit));
  return {
    Label: MetricName,
    Datapoints: found.map((each) => ({
      Timestamp: new Date(each.start),
      ...Object.fromEntries(statistics.map((name) => [name, statisticOf(name, each)])),
      Unit: each.unit as StandardUnit,
    })),
  };
}

function windowIn(
  { StartTime, EndTime }: Pick<GetMetricDataInput, 'StartTime' | 'EndTime'>,
  periodMs: number,
): { readonly start: number; readonly end: number } {
  const start = StartTime?.getTime() ?? 0;
  const end = EndTime?.getTime() ?? 0;
  if (!(start < end)) {
    throw invalidValue('The parameter StartTime must be less than the parameter EndTime.');
  }
  return { start: periodStart(start, periodMs), end };
}

/**
 * Metrics and metric math about them, in one page.
 * @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_GetMetricData.html
 */
export function getMetricData(
  input: GetMetricDataInput,
  ctx: CloudWatchContext,
): GetMetricDataOutput {
  const { MetricDataQueries = [], ScanBy = 'TimestampDescending', MaxDatapoints } = input;
  if (input.NextToken !== undefined) throw invalidToken();
  if (MetricDataQueries.length === 0) {
    throw missingParameter('The parameter MetricDataQueries is required.');
  }
  if (MetricDataQueries.length > MAX_QUERIES) {
    throw invalidValue(
      `The collection MetricDataQueries must not have a size greater than ${MAX_QUERIES}.`,
    );
  }
  const queries = readQueries(MetricDataQueries);
  const windowOf: WindowOf = (period) => windowIn(input, period * SECOND_MS);
  const returned = queries.filter((each) => each.returned);
  const count = returned.reduce((sum, { period }) => sum + periodsOf(period, windowOf).length, 0);
  if (count > Math.min(MaxDatapoints ?? MAX_RETURNED, MAX_RETURNED)) {
    throw invalidValue(
      `The queries ask for up to ${count} data points: the local engine answers ${MAX_RETURNED} at most, or MaxDatapoints, in one page. Use a longer Period or a shorter time range.`,
    );
  }
  const values = runQueries(ctx.state.metrics, ctx, queries, windowOf);
  return {
    MetricDataResults: returned.map(({ id, label }) => {
      const found = [...(values.get(id) ?? [])].sort(([a], [b]) => a - b);
      if (ScanBy !== 'TimestampAscending') found.reverse();
      return {
        Id: id,
        Label: label,
        Timestamps: found.map(([time]) => new Date(time)),
        Values: found.map(([, value]) => value),
        StatusCode: 'Complete',
      };
    }),
    Messages: [],
  };
}
