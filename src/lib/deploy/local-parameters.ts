import { VERSION } from '../rules/version.ts';
import { localServiceParameters } from './local-services.ts';
import { stageCode } from './stage-code.ts';
import type { Deployment } from './template.ts';

type Parameters = Readonly<Record<string, string>>;

/**
 * Stages the code of functions for the local engine, and says where it is and what else the template asks for.
 * @param folder of the stack's code.
 * @throws AppError (exit 2) as `stageCode` and `localServiceParameters` do.
 */
export function localParameters(
  deployment: Deployment,
  folder: string,
): { readonly code: Parameters; readonly all: Parameters } {
  const code = stageCode(deployment, folder);
  return { code, all: { ...code, ...localServiceParameters(deployment, VERSION) } };
}
