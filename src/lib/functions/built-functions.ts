import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { type CodePackage, packageCode } from './package-code.ts';

/** Functions that come with this package, each built into a folder. */
export type BuiltFunction = 'orders-api';

/** How each of them is run. They need no more than what stands in their folder, and the SDK is in it. */
export const BUILT_FUNCTION = { runtime: 'nodejs24.x', handler: 'index.handler' } as const;

/** From dist/, from dist/chunks/, and from this file among the sources. */
const FOLDERS = ['./lambda/', '../lambda/', '../../../dist/lambda/'];

/**
 * The folder that a function was built into: what the engine takes as `S3Key` beside `S3Bucket: hot-reload`.
 * @throws Error where nothing was built.
 */
export function builtFunctionFolder(name: BuiltFunction): string {
  for (const folder of FOLDERS) {
    const path = fileURLToPath(new URL(folder + name, import.meta.url));
    if (existsSync(path)) return path;
  }
  throw new Error(`dist/lambda/${name} is missing: run npm run build`);
}

/** The code of a built function as Lambda takes it: of one build always the same bytes. */
export function packageBuiltFunction(name: BuiltFunction): CodePackage {
  const code = builtFunctionFolder(name);
  return packageCode({ folder: undefined }, { ...BUILT_FUNCTION, key: name, code });
}
