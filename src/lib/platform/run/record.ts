import { readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { makeFolder } from '../../process/make-folder.ts';
import type { ServiceName } from '../service/names.ts';

/** Where a platform keeps its databases, logs and secrets. */
export function platformFolder(stateDir: string): string {
  return join(stateDir, 'platform');
}

/** What a platform that was started leaves in its folder, so that other commands find it. */
export interface PlatformRecord {
  /** Of this platform: in the environment of each of its processes. */
  readonly instance: string;
  /** Whether the local engine was started for it, and is to end with it. */
  readonly ownsEngine: boolean;
  readonly services: readonly ServiceRecord[];
}

/** A service's process. */
export interface ServiceRecord {
  readonly name: ServiceName;
  /** 0 until it was started. */
  readonly pid: number;
  readonly port: number;
  /** Undefined for a service that takes no gRPC calls. */
  readonly grpcPort?: number | undefined;
  /** ISO 8601; undefined until it was started. */
  readonly startedAt?: string | undefined;
}

const FILE = 'platform.json';

/** The platform of a state folder as it was last started; undefined where there is none. */
export function readPlatform(stateDir: string): PlatformRecord | undefined {
  try {
    return JSON.parse(readFileSync(join(platformFolder(stateDir), FILE), 'utf8')) as PlatformRecord;
  } catch {
    return undefined;
  }
}

/** Keeps the record; whoever reads meanwhile gets the old one or the new one. */
export function writePlatform(stateDir: string, record: PlatformRecord): void {
  const folder = platformFolder(stateDir);
  makeFolder(folder, { mode: 0o700 });
  const draft = join(folder, `${FILE}.${process.pid}`);
  writeFileSync(draft, `${JSON.stringify(record, undefined, 2)}\n`, { mode: 0o600 });
  renameSync(draft, join(folder, FILE));
}

/** Deletes databases, logs and secrets of a platform that doesn't run. */
export function deletePlatform(stateDir: string): void {
  rmSync(platformFolder(stateDir), { recursive: true, force: true });
}

/** Forgets the platform of a state folder. */
export function removePlatform(stateDir: string): void {
  rmSync(join(platformFolder(stateDir), FILE), { force: true });
}
