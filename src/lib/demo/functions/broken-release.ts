import type { FunctionSpec } from '../../definition/topology.ts';
import { type CodePackage, packageText } from '../../functions/package-code.ts';

/**
 * Code that fails on every invocation, under the name of a function's own handler.
 * @returns undefined for a runtime that the demo writes no code for.
 */
export function brokenRelease(
  { runtime, handler }: Pick<FunctionSpec, 'runtime' | 'handler'>,
  reason: string,
): CodePackage | undefined {
  const dot = handler.lastIndexOf('.');
  const file = handler.slice(0, dot).replaceAll('.', '/');
  const name = handler.slice(dot + 1);
  if (!/^[A-Za-z_]\w*$/.test(name)) return undefined;
  const words = JSON.stringify(reason);
  if (runtime.startsWith('nodejs')) {
    const code = `export const ${name} = async () => { throw new Error(${words}); };\n`;
    return packageText(`${file}.mjs`, code);
  }
  if (runtime.startsWith('python')) {
    return packageText(
      `${file}.py`,
      `def ${name}(event, context):\n    raise Exception(${words})\n`,
    );
  }
  return undefined;
}
