import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { transform } from 'sucrase';
import { usageError } from '../rules/errors.ts';

/** Endings of TypeScript, each with those of what it may be built to. */
const BUILT_ENDINGS: Readonly<Record<string, readonly string[]>> = {
  '.ts': ['.mjs', '.js', '.cjs'],
  '.mts': ['.mjs'],
};
/** Endings that an import may name, each with those of the sources that it can mean. */
const SOURCE_ENDINGS: Readonly<Record<string, readonly string[]>> = {
  '.ts': ['.ts'],
  '.mts': ['.mts'],
  '.js': ['.ts'],
  '.mjs': ['.mts', '.ts'],
};
/** An import of another file of the same code: `from './orders.ts'`, `import('./orders')`. */
const RELATIVE_IMPORT = /(\b(?:from|import)\s*\(?\s*)(['"])(\.{1,2}\/[^'"\n]+)\2/g;
/** What is more than types, and what its place is taken by nothing of: it has to be built. */
const NAMESPACE = /^\s*(?:export\s+)?(?:namespace|module)\s+[\w.]+\s*\{/m;

/** A TypeScript file without its ending; undefined for any other file, declarations included. */
export function typescriptStem(path: string): string | undefined {
  const [, stem] = /^(.*)\.m?ts$/s.exec(path) ?? [];
  return stem?.endsWith('.d') ? undefined : stem;
}

/** What a TypeScript file is built to, where that lies beside it. */
export function builtBeside(path: string): string | undefined {
  const stem = typescriptStem(path) ?? '';
  const endings = BUILT_ENDINGS[path.slice(stem.length)] ?? [];
  return endings.map((ending) => stem + ending).find((file) => existsSync(file));
}

/**
 * TypeScript as JavaScript that Lambda runs: without types, and with imports of files beside it under the names that
 * those have there. Nothing is bundled.
 * @throws AppError `InvalidCode` (exit 2) where that can't be made of it.
 */
export function toJavaScript(path: string, text: string): string {
  if (NAMESPACE.test(text)) throw cannotRun(path, 'namespaces have to be built');
  try {
    const { code } = transform(text, {
      transforms: ['typescript'],
      disableESTransforms: true,
      filePath: path,
    });
    return code.replace(
      RELATIVE_IMPORT,
      (_, head: string, quote: string, specifier: string) =>
        `${head}${quote}${runSpecifier(dirname(path), specifier)}${quote}`,
    );
  } catch (cause) {
    const [why = ''] = (cause instanceof Error ? cause.message : String(cause)).split('\n');
    throw cannotRun(path, why.replace(`Error transforming ${path}: `, ''));
  }
}

/** An import of a TypeScript file as it has to be once that is JavaScript; others stay as they are. */
function runSpecifier(folder: string, specifier: string): string {
  if (!/\.m?ts$/.test(specifier) && /\.[cm]?js$/.test(specifier)) {
    if (existsSync(join(folder, specifier))) return specifier;
  }
  const source = sourcesOf(specifier).find((each) => existsSync(join(folder, each)));
  if (source === undefined) return specifier;
  const stem = typescriptStem(source) ?? source;
  const built = builtBeside(join(folder, source));
  return built === undefined ? `${stem}.mjs` : stem + built.slice(join(folder, stem).length);
}

function sourcesOf(specifier: string): string[] {
  const [ending = ''] = /\.[cm]?[jt]s$/.exec(specifier) ?? [];
  const stem = ending === '' ? specifier : specifier.slice(0, -ending.length);
  const sources = (SOURCE_ENDINGS[ending] ?? []).map((each) => stem + each);
  return ending === '' ? [`${specifier}.ts`, `${specifier}/index.ts`] : sources;
}

function cannotRun(path: string, why: string): Error {
  return usageError(
    `Lambda runs JavaScript, which can't be made of ${path}: ${why}.`,
    'Build it to a .mjs file beside it, such as with esbuild.',
    'InvalidCode',
  );
}
