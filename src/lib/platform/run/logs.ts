import { readFileSync } from 'node:fs';
import { followFile } from '../../process/follow-file.ts';
import { SERVICE_NAMES, type ServiceName } from '../service/names.ts';
import { serviceLogPath } from './processes.ts';

/** A line of a service's log. */
export interface PlatformLogLine {
  readonly service: ServiceName;
  /** ISO 8601; empty for what is no entry, such as a warning of Node's. */
  readonly time: string;
  readonly level: string;
  readonly message: string;
  readonly facts: Readonly<Record<string, unknown>>;
}

/** The last lines of some services' logs, by their times. @param most lines of all together */
export function readPlatformLogs(
  stateDir: string,
  services: readonly ServiceName[] = SERVICE_NAMES,
  most = 50,
): PlatformLogLine[] {
  const lines = services.flatMap((service) => {
    const all = textOf(serviceLogPath(stateDir, service)).split('\n').filter(Boolean);
    return withTimes(all.map((line) => readLine(service, line)));
  });
  lines.sort((a, b) => (a.time < b.time ? -1 : a.time > b.time ? 1 : 0));
  return lines.slice(Math.max(0, lines.length - most));
}

/** Hands over the lines that come to some services' logs, until `signal` aborts. */
export async function followPlatformLogs(
  stateDir: string,
  services: readonly ServiceName[],
  signal: AbortSignal,
  onLine: (line: PlatformLogLine) => void,
): Promise<void> {
  const follow = async (service: ServiceName): Promise<void> => {
    const lines = followFile(serviceLogPath(stateDir, service), signal);
    for await (const line of lines) onLine(readLine(service, line));
  };
  await Promise.all(services.map(follow));
}

function readLine(service: ServiceName, line: string): PlatformLogLine {
  try {
    const {
      time,
      level,
      message,
      service: _,
      ...facts
    } = JSON.parse(line) as Record<string, unknown>;
    return { service, time: String(time), level: String(level), message: String(message), facts };
  } catch {
    return { service, time: '', level: 'info', message: line, facts: {} };
  }
}

/** What is no entry belongs to the moment of the entry before it. */
function withTimes(lines: readonly PlatformLogLine[]): PlatformLogLine[] {
  let last = '';
  return lines.map((line) => {
    last = line.time || last;
    return { ...line, time: last };
  });
}

function textOf(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}
