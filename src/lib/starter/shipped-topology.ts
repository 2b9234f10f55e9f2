import { readdirSync, readFileSync } from 'node:fs';
import { join, sep } from 'node:path';
import { parse, parseDocument } from 'yaml';
import { shippedTopologies } from '../config/shipped-topologies.ts';
import type { LanguageStarter } from './language.ts';
import type { StarterFile } from './starter.ts';

/** What of a shipped topology isn't taken over as it is. */
const LEFT_OUT = /^(pubsub\.yaml$|handlers(\/|$))/;

/** A shipped topology as a file says it, as far as it is read here. */
interface Written {
  readonly subscribers: Readonly<Record<string, { readonly handler?: object }>>;
  readonly functions?: Readonly<Record<string, { readonly code: string }>>;
}

/**
 * The `pubsub.yaml` of a topology that comes with the package, without its first line: comments and all, with handlers
 * of the project's own, and its functions in the project's language.
 */
export function shippedTopologyText(
  name: string,
  { handler: handlerOf, functions: { runtime } }: LanguageStarter,
): string {
  const document = parseDocument(shippedText(name).replace(/^# yaml-language-server:.*\n/, ''));
  const { subscribers, functions = {} } = document.toJS() as Written;
  for (const [subscriber, { handler = {} }] of Object.entries(subscribers)) {
    if ('function' in handler) continue;
    const own = document.createNode(handlerOf(subscriber), { flow: true });
    document.setIn(['subscribers', subscriber, 'handler'], own);
  }
  for (const key of Object.keys(functions)) document.setIn(['functions', key, 'runtime'], runtime);
  // As the files are written: { a: 1 }, and [1].
  return document
    .toString({ lineWidth: 0, flowCollectionPadding: true })
    .replaceAll('[ ', '[')
    .replaceAll(' ]', ']');
}

/** The other files of such a topology: schemas, what `pubsub demo` shows, and the code of functions in a language. */
export function shippedFiles(
  name: string,
  { functions: { code } }: LanguageStarter,
): StarterFile[] {
  const folder = join(shippedTopologies(), name);
  const { functions = {} } = parse(shippedText(name)) as Written;
  const codeFolders = Object.values(functions).map((each) => each.code);
  const paths = readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));
  return paths.flatMap((file) => {
    const path = file.slice(folder.length + 1).replaceAll(sep, '/');
    const isOtherCode = codeFolders.some((each) => path.startsWith(each)) && !code.test(path);
    if (LEFT_OUT.test(path) || isOtherCode) return [];
    // The name of the source that a module was built of stands in its first line.
    return [{ path, text: readFileSync(file, 'utf8').replace(/^\/\/ topologies\/.*\n/, '') }];
  });
}

function shippedText(name: string): string {
  return readFileSync(join(shippedTopologies(), name, 'pubsub.yaml'), 'utf8');
}
