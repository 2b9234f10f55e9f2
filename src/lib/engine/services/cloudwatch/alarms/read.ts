import type { PutMetricAlarmInput } from '@aws-sdk/client-cloudwatch';
import { notHere, validationError } from '../errors.ts';
import { checkDimensions, checkPeriod, checkUnit } from '../metrics/checks.ts';
import { readQueries } from '../metrics/queries.ts';
import { readStatistic } from '../metrics/statistics.ts';
import {
  type AlarmSettings,
  COMPARISONS,
  type ComparisonOperator,
  MISSING_DATA,
  type Watched,
} from './alarm.ts';

const MAX_NAME = 255;
const MAX_ACTIONS = 5;
/** "A single PutMetricAlarm call can include up to 20 MetricDataQuery structures". */
const MAX_QUERIES = 20;
/** "EvaluationPeriods multiplied by Period": a day, or a week for periods of an hour and more. */
const MAX_DAY_SECONDS = 86_400;
const MAX_WEEK_SECONDS = 7 * MAX_DAY_SECONDS;
const HOUR_SECONDS = 3_600;
const TOPIC_ARN = /^arn:[\w-]+:sns:([a-z0-9-]+):\d{12}:[\w-]+(?:\.fifo)?$/;

/**
 * Reads what an alarm is to be.
 * @throws ServiceError `ValidationError`, in words for what AWS has and the engine hasn't
 * @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutMetricAlarm.html
 */
export function readAlarm(input: PutMetricAlarmInput, region: string): AlarmSettings {
  refuseOthers(input);
  const { AlarmName: name = '', EvaluationPeriods: evaluationPeriods = 0, Threshold } = input;
  const { DatapointsToAlarm: datapointsToAlarm, TreatMissingData: missing } = input;
  if (name === '' || name.length > MAX_NAME) {
    throw validationError(`AlarmName must have 1 to ${MAX_NAME} characters.`);
  }
  if (evaluationPeriods < 1) throw validationError('EvaluationPeriods must be at least 1.');
  if (datapointsToAlarm !== undefined && !isWithin(datapointsToAlarm, evaluationPeriods)) {
    throw validationError('DatapointsToAlarm must be between 1 and EvaluationPeriods.');
  }
  if (Threshold === undefined) throw validationError('The parameter Threshold is required.');
  const missingData = MISSING_DATA.find((each) => each === missing);
  if (missing !== undefined && missingData === undefined) {
    throw validationError(`TreatMissingData must be one of ${MISSING_DATA.join(', ')}.`);
  }
  const { watched, period } = readWatched(input);
  const most = period >= HOUR_SECONDS ? MAX_WEEK_SECONDS : MAX_DAY_SECONDS;
  if (evaluationPeriods * period > most) {
    throw validationError(
      `Metrics cannot be checked across more than ${most === MAX_WEEK_SECONDS ? 'seven days' : 'a day'} (EvaluationPeriods * Period must be <= ${most})`,
    );
  }
  return {
    name,
    description: input.AlarmDescription,
    actionsEnabled: input.ActionsEnabled ?? true,
    actions: {
      OK: readActions(input.OKActions, region),
      ALARM: readActions(input.AlarmActions, region),
      INSUFFICIENT_DATA: readActions(input.InsufficientDataActions, region),
    },
    watched,
    period,
    evaluationPeriods,
    datapointsToAlarm,
    threshold: Threshold,
    comparison: readComparison(input.ComparisonOperator),
    missingData,
  };
}

function isWithin(count: number, most: number): boolean {
  return count >= 1 && count <= most;
}

function refuseOthers(input: PutMetricAlarmInput): void {
  if (input.ThresholdMetricId !== undefined) throw notHere('anomaly detection (ThresholdMetricId)');
  if (input.EvaluationCriteria !== undefined) throw notHere('PromQL alarms (EvaluationCriteria)');
  if (input.EvaluationInterval !== undefined)
    throw notHere('EvaluationInterval: it evaluates each minute');
}

function readComparison(operator = ''): ComparisonOperator {
  const names = Object.keys(COMPARISONS) as ComparisonOperator[];
  const known = names.find((each) => each === operator);
  if (known !== undefined) return known;
  if (/Lower|Upper/.test(operator)) throw notHere(`anomaly detection (${operator})`);
  throw validationError(`ComparisonOperator must be one of ${names.join(', ')}.`);
}

function readWatched(input: PutMetricAlarmInput): { watched: Watched; period: number } {
  const { Namespace: namespace, MetricName: name, Metrics: queries } = input;
  if (queries !== undefined && queries.length > 0) {
    if (namespace ?? name ?? input.Statistic ?? input.Period ?? input.Dimensions) {
      throw validationError(
        'An alarm has either Metrics, or MetricName, Namespace, Dimensions, Period, Unit and Statistic.',
      );
    }
    if (queries.length > MAX_QUERIES) {
      throw validationError(`An alarm has at most ${MAX_QUERIES} Metrics.`);
    }
    const read = readQueries(queries);
    const returned = read.filter((each) => each.returned);
    const [one] = returned;
    if (one === undefined || returned.length > 1) {
      throw validationError('Exactly one element of the metrics list should return data.');
    }
    if (read.some(({ period }) => period !== one.period)) {
      throw validationError('All metrics of an alarm must have the same Period.');
    }
    return { watched: { kind: 'queries', queries }, period: one.period };
  }
  const { ExtendedStatistic, Statistic, Period: period = 0, Unit: unit } = input;
  if (!namespace || !name) {
    throw validationError('An alarm needs MetricName and Namespace, or Metrics.');
  }
  const statistic = readStatistic(Statistic ?? ExtendedStatistic ?? '');
  checkPeriod(period);
  checkUnit(unit);
  const dimensions = checkDimensions(input.Dimensions);
  return { watched: { kind: 'metric', namespace, name, dimensions, statistic, unit }, period };
}

/** Topics of the alarm's own region: there is nothing else that the engine could do. */
function readActions(arns: readonly string[] = [], region: string): string[] {
  if (arns.length > MAX_ACTIONS) {
    throw validationError(`An alarm has at most ${MAX_ACTIONS} actions for each state.`);
  }
  for (const arn of arns) {
    const [, of] = TOPIC_ARN.exec(arn) ?? [];
    if (of === undefined) {
      if (!arn.startsWith('arn:')) throw validationError(`Invalid arn syntax: ${arn}`);
      throw notHere(`the alarm action ${arn}: it notifies SNS topics only`);
    }
    if (of !== region) {
      throw validationError(`Invalid region ${of} specified. Only ${region} is supported.`);
    }
  }
  return [...arns];
}
