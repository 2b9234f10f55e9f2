import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { extname } from 'node:path';
import { pathToFileURL } from 'node:url';
import { AppError, usageError } from '../../rules/errors.ts';
import type { HandlerContext } from '../consumed.ts';

/**
 * What a module exports by default: called for each event, with its JSON value (`readJsonValue`) or the message's text;
 * throwing means failed. What it returns, a text or a list of texts, is shown.
 */
export type ModuleHandler = (event: unknown, context: HandlerContext) => unknown;

/** Where a handler was named, for hints: by a flag, or in the topology's file. */
export interface HandlerSource {
  /** What names the module. */
  readonly said: string;
  /** What would name a program in its place. */
  readonly program: string;
}

/** The place of a subscriber's handler in the topology's file. */
export function handlerInFile(subscriber: string): HandlerSource {
  return { said: `the handler of ${subscriber} in the file`, program: 'handler: { exec: … }' };
}

const ENDINGS = ['.js', '.mjs', '.cjs', '.ts', '.mts'];

/**
 * Loads a handler: the default export of a JavaScript module, or of a TypeScript one where Node strips types or the
 * project has `tsx`.
 * @param said where it was named. @throws AppError (exit 2) where there is none: found out before the first message, not by it.
 */
export async function loadHandler(
  path: string,
  said: HandlerSource = { said: '--handler', program: '--exec' },
): Promise<ModuleHandler> {
  if (!existsSync(path)) {
    throw usageError(`There is no file ${path}.`, `Check ${said.said}.`, 'HandlerNotFound');
  }
  const ending = extname(path);
  if (!ENDINGS.includes(ending)) {
    throw usageError(
      `${path} is not a JavaScript or TypeScript module.`,
      `${said.said} takes ${ENDINGS.join(', ')}; for other programs: ${said.program}`,
      'InvalidHandler',
    );
  }
  const load = ending.endsWith('ts') && !stripsTypes() ? await typeScriptLoader(path) : importFile;
  let handler: unknown;
  try {
    ({ default: handler } = await load(pathToFileURL(path).href));
  } catch (error) {
    throw new AppError({
      code: 'InvalidHandler',
      message: `${path} could not be loaded: ${error instanceof Error ? error.message : error}`,
      hint: `Check ${said.said}.`,
      exitCode: 2,
      cause: error,
    });
  }
  if (typeof handler === 'function') return handler as ModuleHandler;
  throw usageError(
    `${path} has no function as its default export.`,
    'Such as: export default async function (event, { signal }) { … }',
    'InvalidHandler',
  );
}

/** Whether this Node runs TypeScript by leaving the types out (`process.features.typescript`, from 22.10 on). */
function stripsTypes(): boolean {
  const features = process.features as { readonly typescript?: unknown };
  return Boolean(features.typescript);
}

type Load = (url: string) => Promise<{ readonly default?: unknown }>;

const importFile: Load = (url) => import(url);

/** What runs TypeScript on an older Node: `tsx` of the handler's own project (https://tsx.is/dev-api/ts-import). */
async function typeScriptLoader(path: string): Promise<Load> {
  let tsx: string;
  try {
    // Its CommonJS form, which is what this finds, can't load modules; the other one lies beside it.
    tsx = createRequire(path)
      .resolve('tsx/esm/api')
      .replace(/\.cjs$/, '.mjs');
  } catch {
    throw usageError(
      `Node ${process.version} cannot run TypeScript: ${path}`,
      'Use Node 22.18 or later, or npm install --save-dev tsx, or build it to a .mjs file.',
      'InvalidHandler',
    );
  }
  const { tsImport }: { tsImport: (url: string, parent: string) => ReturnType<Load> } =
    await import(pathToFileURL(tsx).href);
  return (url) => tsImport(url, url);
}
