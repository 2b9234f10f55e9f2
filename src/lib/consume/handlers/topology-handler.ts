import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { shippedTopologies } from '../../config/shipped-topologies.ts';
import { loadHandler, type ModuleHandler } from './module-handler.ts';

/**
 * The handler that a topology gives a subscriber; undefined where it gives none.
 * @throws AppError (exit 2) where it can't be loaded.
 */
export async function loadTopologyHandler(
  topology: { readonly name: string },
  subscriber: string,
): Promise<ModuleHandler | undefined> {
  const file = join(shippedTopologies(), topology.name, 'handlers', `${subscriber}.mjs`);
  return existsSync(file) ? loadHandler(file) : undefined;
}

/** The lines that a handler returned to be shown: a text, or a list of texts; none for anything else. */
export function shownLines(result: unknown): readonly string[] {
  const texts = Array.isArray(result) ? result : [result];
  if (!texts.every((each) => typeof each === 'string')) return [];
  return texts.flatMap((text: string) => text.split('\n'));
}
