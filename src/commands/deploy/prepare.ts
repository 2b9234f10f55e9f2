import { dirname } from 'node:path';
import type { Command } from 'commander';
import type { Style } from '../../lib/definition/styles.ts';
import type { Deployment } from '../../lib/deploy/template.ts';
import { type AppError, usageError } from '../../lib/rules/errors.ts';
import type { CommandContext } from '../command.ts';
import { commandLine } from '../command-line.ts';

/** Stages the code of functions, and says where it is and what else the template asks for. */
export async function parametersOf(
  deployment: Deployment,
  folder: string,
  memory: number | undefined,
): Promise<Record<'code' | 'all', Readonly<Record<string, string>>>> {
  const [{ MEMORY_PARAMETER }, { stageCode }, { localServiceParameters }, { VERSION }] =
    await Promise.all([
      import('../../lib/deploy/template.ts'),
      import('../../lib/deploy/stage-code.ts'),
      import('../../lib/deploy/local-services.ts'),
      import('../../lib/rules/version.ts'),
    ]);
  const code = stageCode(deployment, folder);
  const all = {
    ...code,
    ...localServiceParameters(deployment, VERSION),
    ...(memory !== undefined && { [MEMORY_PARAMETER]: String(memory) }),
  };
  return { code, all };
}

/** Says whose messages nothing will take. */
export function noteUnhandled({ printer }: CommandContext, { unhandled }: Deployment): void {
  if (unhandled.length === 0) return;
  printer.note(`Without a handler, only queues: ${unhandled.join(', ')}.`);
}

/** Without an order API there is nothing that hybrid runs in another way than serverless. */
export async function noteSameStyle(
  command: Command,
  { printer }: CommandContext,
  { style, topology }: Deployment,
): Promise<void> {
  const { hasOrderApi } = await import('../../lib/deploy/order-api.ts');
  if (style !== 'hybrid' || hasOrderApi(topology)) return;
  const same = commandLine(command, 'deploy serverless');
  printer.note(`${topology.name} has no order API: hybrid is the same as ${same}`);
}

/** Where the project's file is, whose topology and handlers services read. */
export function projectFolder({ settings }: CommandContext): string | undefined {
  const { path } = settings.project;
  return path === '' ? undefined : dirname(path);
}

/** Says that a deployment can't go to the target. */
export function notDeployable(
  command: Command,
  { settings }: CommandContext,
  style: Style,
): AppError {
  return usageError(
    `Deploying to ${settings.target.kind === 'aws' ? 'AWS' : 'another endpoint'} is not there yet: this command deploys to the local engine.`,
    `Print the template, and deploy it with AWS's own tools: ${commandLine(command, `deploy ${style} --print`)}`,
    'NotDeployable',
  );
}

/** @throws AppError (exit 2) where the file says how much memory each function has. */
export function assertTakesMemory({ template, topology }: Deployment, parameter: string): void {
  if (template.Parameters !== undefined && parameter in template.Parameters) return;
  throw usageError(
    `--memory is for functions that the file says nothing of; ${topology.name} has none of these.`,
    'Say it in the file, such as functions: { mail: { memory: 512 } }',
  );
}
