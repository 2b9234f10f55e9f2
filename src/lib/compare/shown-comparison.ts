import { shownDollars, shownFigure } from '../rules/text/shown-figure.ts';
import type { Comparison, Figure } from './comparison.ts';

const UNITS: Readonly<Record<Figure['unit'], (value: number) => string>> = {
  count: shownFigure,
  dollars: shownDollars,
  seconds: (value) => `${value.toFixed(1)} s`,
  milliseconds: (value) => `${value < 10 ? value.toFixed(1) : shownFigure(Math.round(value))} ms`,
  'per-second': (value) => `${shownFigure(value)}/s`,
  mb: (value) => `${shownFigure(value)} MB`,
  words: String,
};

/** A value of a figure with its unit, such as `16.6 s`. */
export function shownValue({ unit }: Figure, value: number | string | null): string {
  if (value === null) return '–';
  return typeof value === 'string' ? value : UNITS[unit](value);
}

/** What a figure is called, with the volume that a cost is for. */
export function shownLabel({ id, label }: Figure, { events }: Comparison): string {
  return id === 'dollarsAMonth' ? `${label}, ${shownFigure(events)} events` : label;
}

/** What was measured with, such as `1,000 orders`; undefined where nothing was. */
export function loadWords({ load }: Comparison): string | undefined {
  if (load === null) return undefined;
  return `${shownFigure(load.orders)} ${load.through === 'topic' ? 'events' : 'orders'}`;
}

/** Where and how was measured; undefined where nothing was. */
export function machineWords({ machine, load }: Comparison): string | undefined {
  if (machine === null || load === null) return undefined;
  const { cpus, memoryMb, load: busy, node, system } = machine;
  return [
    `${load.atOnce} at once`,
    `${cpus} ${cpus === 1 ? 'processor' : 'processors'}`,
    `${Math.round(memoryMb / 1024)} GB`,
    `Node ${node}`,
    system,
    ...(busy === null ? [] : [`load ${busy.toFixed(1)} before`]),
  ].join(', ');
}
