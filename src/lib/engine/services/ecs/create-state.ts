import { randomUUID } from 'node:crypto';
import { existsSync, mkdirSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import { Closing } from '../../closing.ts';
import type { EngineParts } from '../../parts.ts';
import { KeptResources } from '../kept-resources.ts';
import { removeFolder } from './remove-folder.ts';
import type { Runner } from './run/runner.ts';
import type { EcsPorts, EcsState, Service, TaskHost } from './state.ts';

/** How long tasks may take to end with the engine, in milliseconds: whoever stops an engine waits for 10 seconds. */
const END_MS = 5_000;
/** Below the state folder: what services keep, and where that of services goes that were forgotten. */
const FOLDER = 'ecs';
const ASIDE = 'ecs-forgotten';

/** The state that the journal holds, whose services are started when the engine listens; empty at the first start. */
export function createEcsState(parts: EngineParts, ports: EcsPorts, host: TaskHost): EcsState {
  const { journal } = parts;
  const state: EcsState = {
    ...ports,
    parts,
    host,
    clusters: new KeptResources(journal, 'ecs.clusters'),
    taskDefinitions: new KeptResources(journal, 'ecs.task-definitions'),
    services: new KeptResources(journal, 'ecs.services'),
    runners: new Map(),
    closed: new Closing(),
  };
  host.whenListening(() => {
    for (const service of state.services.values()) void run(state, service);
  });
  return state;
}

/** The runner of a service, which is made where it isn't there; undefined when the engine has ended meanwhile. */
export async function run(state: EcsState, service: Service): Promise<Runner | undefined> {
  // Most engines have no service: what runs tasks is loaded with the first.
  const { ServiceRunner } = await import('./run/service-runner.ts');
  if (state.closed.aborted || !state.services.has(service.arn)) return undefined;
  let runner = state.runners.get(service.arn);
  if (runner === undefined) {
    runner = new ServiceRunner(state, service);
    state.runners.set(service.arn, runner);
  }
  runner.reconcile();
  return runner;
}

/**
 * Ends every task.
 * @param isForgotten whether what services keep on the disk goes too.
 * @returns when all are gone.
 */
export async function closeEcs(state: EcsState, isForgotten = false): Promise<void> {
  if (state.closed.aborted) return;
  state.closed.abort();
  const { stateDir } = state.parts.options;
  if (stateDir !== undefined && isForgotten) setFoldersAside(stateDir);
  const ending = [...state.runners.values()].map((each) => each.close('Engine stopped', END_MS));
  await Promise.all(ending);
  // Also what an engine that was killed had set aside.
  if (stateDir !== undefined) removeFolder(join(stateDir, ASIDE));
}

/** A service that is made next under the same name begins with nothing, while the tasks of this one still end. */
function setFoldersAside(stateDir: string): void {
  const folder = join(stateDir, FOLDER);
  if (!existsSync(folder)) return;
  mkdirSync(join(stateDir, ASIDE), { recursive: true });
  renameSync(folder, join(stateDir, ASIDE, randomUUID()));
}
