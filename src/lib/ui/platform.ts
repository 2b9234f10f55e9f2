import type { ChalkInstance } from 'chalk';
import type { PlatformDemoResult } from '../platform/demo/demo.ts';
import type { PlatformDemoEvent } from '../platform/demo/stage.ts';
import type { PlatformLogLine } from '../platform/run/logs.ts';
import type { PlatformStatus, ServiceStatus } from '../platform/run/status.ts';
import { type Cell, renderTable } from './table.ts';

/** The lines that tell one thing that happened in the demo of the platform. */
export function renderPlatformDemo(event: PlatformDemoEvent, style: ChalkInstance): string[] {
  switch (event.kind) {
    case 'step':
      return ['', `${style.cyan(`${event.number}/${event.of}`)} ${style.bold(event.title)}`];
    case 'claim':
      return [`   ${style.green('✓')} ${event.text}`];
    case 'shown':
      return [`     ${event.text}`];
    case 'failed':
      return [`   ${style.red('✗')} ${event.reason}`];
  }
}

/** How the demo ended. */
export function renderPlatformDemoResult(
  { ok, steps, claims, ms }: PlatformDemoResult,
  style: ChalkInstance,
): string[] {
  const took = `${(ms / 1000).toFixed(1)} s`;
  if (ok) return ['', `${style.green('✓')} ${claims.held} claims hold, in ${took}.`];
  const failed = steps.find((step) => !step.ok)?.name ?? 'a step';
  return ['', `${style.red('✗')} ${failed} failed after ${claims.held} claims, in ${took}.`];
}

/** The services of a platform as a table, and why one isn't ready. */
export function renderPlatform({ services }: PlatformStatus, style: ChalkInstance): string[] {
  const rows = services.map(({ name, state, pid, url, grpcUrl }): Cell[] => [
    { text: name },
    { text: state, paint: paintOf(state, style) },
    { text: state === 'ended' ? '-' : String(pid) },
    { text: url },
    { text: grpcUrl === null ? '-' : new URL(grpcUrl).port },
  ]);
  const headings = ['SERVICE', 'STATE', 'PID', 'ADDRESS', 'GRPC'].map((heading) => ({ heading }));
  return renderTable(headings, rows, style);
}

function paintOf(state: ServiceStatus['state'], style: ChalkInstance): (text: string) => string {
  if (state === 'ready') return style.green;
  return state === 'ended' ? style.red : style.yellow;
}

const WIDEST_NAME = 'notifications'.length;

/** A line of a service's log for people. */
export function renderPlatformLog(line: PlatformLogLine, style: ChalkInstance): string {
  const { service, time, level, message, facts } = line;
  const paint = level === 'error' ? style.red : level === 'warn' ? style.yellow : undefined;
  const rest = Object.entries(facts)
    .filter(([name]) => name !== 'request_id')
    .map(([name, value]) => `${name}=${shortened(name, value)}`)
    .join(' ');
  const words = paint ? paint(message) : message;
  return `${style.dim(time.slice(11, 23))} ${service.padEnd(WIDEST_NAME)} ${words} ${style.dim(rest)}`.trimEnd();
}

function shortened(name: string, value: unknown): string {
  return name === 'trace_id' ? String(value).slice(0, 8) : String(value);
}
