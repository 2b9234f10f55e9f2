import type { MetricDataQuery } from '@aws-sdk/client-cloudwatch';
import { notHere, validationError } from '../errors.ts';
import { evaluate, type MathValue, type TimeSeries } from '../math/evaluate.ts';
import { type Expression, idsIn, parseExpression } from '../math/parse.ts';
import { checkDimensions, checkPeriod, SECOND_MS } from './checks.ts';
import type { MetricName } from './series.ts';
import { aggregates, readStatistic, type Statistic, statisticOf } from './statistics.ts';
import type { MetricStore, Owner } from './store.ts';

/** A query of `GetMetricData` or of an alarm, read. */
export interface Query {
  readonly id: string;
  readonly label: string;
  readonly returned: boolean;
  /** Seconds. */
  readonly period: number;
  readonly of:
    | {
        readonly kind: 'metric';
        readonly metric: MetricName;
        readonly statistic: Statistic;
        readonly unit: string | undefined;
      }
    | { readonly kind: 'expression'; readonly expression: Expression };
}

/** Milliseconds since the epoch, by period in seconds: from a period's start to before `end`. */
export type WindowOf = (period: number) => { readonly start: number; readonly end: number };

const ID = /^[a-z]\w{0,254}$/;

/**
 * Reads queries: metrics and expressions about them.
 * @throws ServiceError `ValidationError`
 */
export function readQueries(queries: readonly MetricDataQuery[]): Query[] {
  const byId = new Map<string, MetricDataQuery>();
  for (const query of queries) {
    const { Id: id = '' } = query;
    if (!ID.test(id)) {
      throw validationError(
        `Invalid id ${id}: it must begin with a lower case letter and hold letters, digits and underscores only.`,
      );
    }
    if (byId.has(id)) throw validationError(`The id ${id} is there more than once.`);
    byId.set(id, query);
  }
  const read = new Map<string, Query>();
  for (const id of byId.keys()) readInOrder(id, byId, read, []);
  return [...byId.keys()].flatMap((id) => read.get(id) ?? []);
}

function readInOrder(
  id: string,
  byId: ReadonlyMap<string, MetricDataQuery>,
  read: Map<string, Query>,
  path: readonly string[],
): Query {
  const known = read.get(id);
  if (known !== undefined) return known;
  const query = byId.get(id);
  if (query === undefined) throw validationError(`Error in expression: there is no query ${id}.`);
  if (path.includes(id)) throw validationError(`The expression ${id} is about itself.`);
  const found = query.MetricStat === undefined ? readMath(query) : readStat(query);
  const { Expression: text } = query;
  if (found.of.kind === 'expression') {
    const used = idsIn(found.of.expression).map((each) =>
      readInOrder(each, byId, read, [...path, id]),
    );
    const period = query.Period ?? Math.max(0, ...used.map((each) => each.period));
    if (period === 0) throw validationError(`The expression "${text}" is about no metric.`);
    const complete = { ...found, period };
    read.set(id, complete);
    return complete;
  }
  read.set(id, found);
  return found;
}

function readMath({
  Id = '',
  Expression: text,
  Label,
  ReturnData,
  Period,
}: MetricDataQuery): Query {
  if (text === undefined) {
    throw validationError(`The query ${Id} needs either MetricStat or Expression.`);
  }
  if (/^\s*SELECT\b/i.test(text)) throw notHere('Metrics Insights queries');
  if (Period !== undefined) checkPeriod(Period);
  const expression = parseExpression(text);
  const of = { kind: 'expression', expression } as const;
  return { id: Id, label: Label ?? Id, returned: ReturnData ?? true, period: Period ?? 0, of };
}

function readStat({ Id = '', MetricStat, Expression: text, ...rest }: MetricDataQuery): Query {
  if (text !== undefined) {
    throw validationError(
      `The query ${Id} has MetricStat and Expression: only one of them may be.`,
    );
  }
  const { Metric = {}, Period = 0, Stat = '', Unit } = MetricStat ?? {};
  const { Namespace: namespace = '', MetricName: name = '' } = Metric;
  if (namespace === '' || name === '') {
    throw validationError(`The query ${Id} needs a Namespace and a MetricName.`);
  }
  checkPeriod(Period);
  const metric = { namespace, name, dimensions: checkDimensions(Metric.Dimensions) };
  const of = { kind: 'metric', metric, statistic: readStatistic(Stat), unit: Unit } as const;
  const { Label, ReturnData } = rest;
  return { id: Id, label: Label ?? name, returned: ReturnData ?? true, period: Period, of };
}

/** The values of queries that were read, by id: each with its periods in order. */
export function runQueries(
  metrics: MetricStore,
  owner: Owner,
  queries: readonly Query[],
  windowOf: WindowOf,
): ReadonlyMap<string, TimeSeries> {
  const byId = new Map(queries.map((query) => [query.id, query]));
  const values = new Map<string, MathValue>();
  const valueFor = (id: string): MathValue => {
    const known = values.get(id);
    const query = byId.get(id);
    if (known !== undefined || query === undefined) return known ?? new Map();
    const value = run(metrics, owner, query, windowOf, valueFor);
    values.set(id, value);
    return value;
  };
  return new Map(queries.map(({ id, period }) => [id, seriesOf(valueFor(id), period, windowOf)]));
}

function run(
  metrics: MetricStore,
  owner: Owner,
  { period, of }: Query,
  windowOf: WindowOf,
  valueFor: (id: string) => MathValue,
): MathValue {
  if (of.kind === 'expression') {
    return evaluate(of.expression, valueFor, periodsOf(period, windowOf));
  }
  const window = { ...windowOf(period), periodMs: period * SECOND_MS };
  const found = aggregates(metrics.find(owner, of.metric), window, of.unit);
  return new Map(found.map((each) => [each.start, statisticOf(of.statistic, each)]));
}

/** A number is the same in all periods. */
function seriesOf(value: MathValue, period: number, windowOf: WindowOf): TimeSeries {
  if (typeof value !== 'number') return value;
  return new Map(periodsOf(period, windowOf).map((time) => [time, value]));
}

/** The starts of all periods. */
export function periodsOf(period: number, windowOf: WindowOf): number[] {
  const { start, end } = windowOf(period);
  const count = Math.max(0, Math.ceil((end - start) / (period * SECOND_MS)));
  return Array.from({ length: count }, (_, index) => start + index * period * SECOND_MS);
}
