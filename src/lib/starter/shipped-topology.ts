import { readdirSync, readFileSync } from 'node:fs';
import { join, sep } from 'node:path';
import { parseDocument } from 'yaml';
import { shippedTopologies } from '../config/shipped-topologies.ts';
import type { HandlerOf, StarterFile } from './starter.ts';

/** What of a shipped topology isn't taken over as it is. */
const LEFT_OUT = /^(pubsub\.yaml$|handlers(\/|$))/;

/**
 * The `pubsub.yaml` of a topology that comes with the package, without its first line: comments and all, with handlers
 * of the project's own.
 */
export function shippedTopologyText(name: string, handlerOf: HandlerOf): string {
  const text = readFileSync(join(shippedTopologies(), name, 'pubsub.yaml'), 'utf8');
  const document = parseDocument(text.replace(/^# yaml-language-server:.*\n/, ''));
  const { subscribers } = document.toJS() as { subscribers: Readonly<Record<string, unknown>> };
  for (const subscriber of Object.keys(subscribers)) {
    const handler = document.createNode(handlerOf(subscriber), { flow: true });
    document.setIn(['subscribers', subscriber, 'handler'], handler);
  }
  // As the files are written: { a: 1 }, and [1].
  return document
    .toString({ lineWidth: 0, flowCollectionPadding: true })
    .replaceAll('[ ', '[')
    .replaceAll(' ]', ']');
}

/** The other files of such a topology: schemas, and what `pubsub demo` shows. */
export function shippedFiles(name: string): StarterFile[] {
  const folder = join(shippedTopologies(), name);
  const paths = readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));
  return paths.flatMap((file) => {
    const path = file.slice(folder.length + 1).replaceAll(sep, '/');
    return LEFT_OUT.test(path) ? [] : [{ path, text: readFileSync(file, 'utf8') }];
  });
}
