import { resolve } from 'node:path';
import type { SubscriberSpec, Topology } from '../../definition/topology.ts';
import { handlerInFile, loadHandler, type ModuleHandler } from './module-handler.ts';

/**
 * The module that a topology gives a subscriber for its handler; undefined where it gives none.
 * @throws AppError (exit 2) where it can't be loaded.
 */
export async function loadTopologyHandler(
  { folder }: Pick<Topology, 'folder'>,
  { handler, name }: Pick<SubscriberSpec, 'handler' | 'name'>,
): Promise<ModuleHandler | undefined> {
  if (handler === undefined || !('module' in handler)) return undefined;
  return loadHandler(resolve(folder ?? '', handler.module), handlerInFile(name));
}

/** The lines that a handler returned to be shown: a text, or a list of texts; none for anything else. */
export function shownLines(result: unknown): readonly string[] {
  const texts = Array.isArray(result) ? result : [result];
  if (!texts.every((each) => typeof each === 'string')) return [];
  return texts.flatMap((text: string) => text.split('\n'));
}
