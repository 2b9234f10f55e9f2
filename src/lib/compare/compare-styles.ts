import type { Style } from '../definition/styles.ts';
import type { Topology } from '../definition/topology.ts';
import { hasOrderApi } from '../deploy/order-api.ts';
import type { Deployment } from '../deploy/template.ts';
import type { StartedProcesses } from '../process/started-processes.ts';
import { roundTo } from '../rules/text/figures.ts';
import type { ComparedStyle, Comparison, Figure, FigureSource, Machine } from './comparison.ts';
import { findingOf } from './findings.ts';
import type { MeasuredStyle } from './measure-style.ts';
import { type TemplateFigures, templateFigures } from './template-figures.ts';

/** What was measured, and where. */
export interface Measurement {
  readonly styles: ReadonlyMap<Style, MeasuredStyle>;
  readonly load: NonNullable<Comparison['load']>;
  readonly machine: Machine;
}

/** What a comparison is made of. */
export interface ComparedParts {
  readonly topology: Topology;
  /** As they are for AWS, one of each style that is compared. */
  readonly deployments: readonly Deployment[];
  /** A month. */
  readonly events: number;
  /** US dollars of a month with so many events. */
  costAt(style: Style, events: number): number;
  /** Undefined where only what can be computed is asked for. */
  readonly measurement: Measurement | undefined;
  readonly notCompared: readonly string[];
  /** Milliseconds since the epoch. */
  readonly time: number;
}

interface Row {
  readonly style: Style;
  readonly template: TemplateFigures;
  readonly dollars: number;
  readonly measured: MeasuredStyle | undefined;
}

const MIB = 2 ** 20;

/** Puts the styles of a topology beside each other. Pure. */
export function compareStyles(parts: ComparedParts): Comparison {
  const { topology, deployments, events, costAt, measurement, notCompared } = parts;
  const rows = deployments.map((deployment): Row => {
    const { style } = deployment;
    return {
      style,
      template: templateFigures(deployment),
      dollars: costAt(style, events),
      measured: measurement?.styles.get(style),
    };
  });
  return {
    topology: topology.name,
    time: new Date(parts.time).toISOString(),
    ok: rows.every((row) => row.measured === undefined || isWhole(row.measured)),
    events,
    load: measurement?.load ?? null,
    machine: measurement?.machine ?? null,
    styles: rows.map((row) => comparedStyle(row, findingOf(row.style, { costAt, events }))),
    figures: [
      ...computedFigures(rows),
      ...(measurement ? measuredFigures(rows, hasOrderApi(topology)) : []),
    ],
    notCompared,
  };
}

/** Whether every order was taken and handled. */
function isWhole({ orders: { posted, accepted, missing } }: MeasuredStyle): boolean {
  return accepted === posted && missing === 0;
}

function comparedStyle({ style, template, measured }: Row, finding: string): ComparedStyle {
  return {
    style,
    finding,
    ...template.words,
    orders: measured?.orders ?? null,
    refusal: measured?.refusal ?? null,
  };
}

/** Makes rows of a table from what each style has. */
function tableOf(rows: readonly Row[], source: FigureSource) {
  return (
    id: string,
    label: string,
    unit: Figure['unit'],
    of: (row: Row) => number | string | null | undefined,
  ): Figure => ({
    ...{ id, label, unit, source },
    values: Object.fromEntries(rows.map((row) => [row.style, of(row) ?? null])),
  });
}

function computedFigures(rows: readonly Row[]): Figure[] {
  const figure = tableOf(rows, 'computed');
  return [
    figure('resources', 'resources', 'count', ({ template }) => template.resources),
    figure('resourceTypes', 'types of these', 'count', ({ template }) => template.types),
    figure('templateLines', 'lines of template', 'count', ({ template }) => template.lines),
    figure('dollarsAMonth', 'a month', 'dollars', ({ dollars }) => dollars),
    figure('apiScalesTo', 'API scales to', 'words', ({ template }) => template.apiScales),
    figure(
      'subscribersScaleTo',
      'subscribers to',
      'words',
      ({ template }) => template.subscribersScale,
    ),
    figure('coldStarts', 'cold starts', 'words', ({ template }) => template.coldStarts),
    figure('timeLimit', 'time limit', 'words', ({ template }) => template.timeLimit),
  ];
}

function measuredFigures(rows: readonly Row[], hasApi: boolean): Figure[] {
  const figure = tableOf(rows, 'measured');
  const request = hasApi ? 'request' : 'publish';
  const ms = (value: number | undefined) => value && roundTo(value, 1);
  const mb = (processes: StartedProcesses | undefined) =>
    processes && Math.round(processes.bytes / MIB);
  return [
    figure('deploySeconds', 'to deploy', 'seconds', ({ measured }) => {
      return measured && roundTo(measured.deploySeconds, 1);
    }),
    figure('firstRequestMs', `first ${request}`, 'milliseconds', (row) =>
      ms(row.measured?.firstRequestMs),
    ),
    figure('firstHandledMs', 'first handled', 'milliseconds', (row) =>
      ms(row.measured?.firstHandledMs),
    ),
    figure('requestP50Ms', `${request} p50`, 'milliseconds', (row) =>
      ms(row.measured?.latencies.percentile(0.5)),
    ),
    figure('requestP99Ms', `${request} p99`, 'milliseconds', (row) =>
      ms(row.measured?.latencies.percentile(0.99)),
    ),
    figure('handledPerSecond', 'handled', 'per-second', ({ measured }) => {
      return measured?.handledPerSecond && roundTo(measured.handledPerSecond, 1);
    }),
    figure('idleProcesses', 'processes idle', 'count', ({ measured }) => measured?.idle?.count),
    figure('idleMemoryMb', 'memory idle', 'mb', ({ measured }) => mb(measured?.idle)),
    figure('busyProcesses', 'processes at work', 'count', ({ measured }) => measured?.busy?.count),
    figure('busyMemoryMb', 'memory at work', 'mb', ({ measured }) => mb(measured?.busy)),
  ];
}
