import { existsSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import type { DeploymentFile } from '../../lib/deploy/deployment-files.ts';
import { makeFolder } from '../../lib/process/make-folder.ts';
import { AppError, EXIT, type ExitCode, usageError } from '../../lib/rules/errors.ts';
import { fileProblem } from '../../lib/rules/text/file-problem.ts';
import type { CommandContext } from '../command.ts';
import { topologyFor } from '../topology.ts';
import type { DeployRequest } from './request.ts';

/** `pubsub deploy <style> --print`: the template as YAML, which nobody is asked for. */
export async function printTemplate(
  context: CommandContext,
  { style, database, print }: DeployRequest,
): Promise<ExitCode> {
  const { printer } = context;
  const topology = await topologyFor(context);
  const [{ deploymentOf }, { artifactsOf }, { templateYaml }] = await Promise.all([
    import('../../lib/deploy/template.ts'),
    import('../../lib/deploy/artifacts/artifacts.ts'),
    import('../../lib/deploy/yaml.ts'),
  ]);
  const deployment = deploymentOf(topology, style, undefined, database);
  const source = print?.artifacts ? artifactsOf(deployment) : deployment;
  if (source === undefined) {
    throw usageError(
      `${topology.name} as ${style} is made from no code, image or secret.`,
      'Leave --artifacts out.',
    );
  }
  const { template } = source;
  printer.document(template);
  for (const line of templateYaml({ ...template })
    .trimEnd()
    .split('\n'))
    printer.raw(line);
  return EXIT.done;
}

/** `pubsub deploy --print --into <folder>`: templates, the code of functions, and how to deploy them without this tool. */
export async function writeTemplates(
  context: CommandContext,
  { print, database }: DeployRequest,
  into: string,
): Promise<ExitCode> {
  const { printer, io } = context;
  const topology = await topologyFor(context);
  const folder = resolve(io.cwd, into);
  const [{ deploymentOf }, { deploymentFiles }, { isPrintedFolder }] = await Promise.all([
    import('../../lib/deploy/template.ts'),
    import('../../lib/deploy/deployment-files.ts'),
    import('../../lib/functions/printed-folder.ts'),
  ]);
  const files = deploymentFiles(
    (print?.styles ?? []).map((style) => deploymentOf(topology, style, undefined, database)),
  );
  const isOurs = isPrintedFolder(folder);
  const taken = files.find(({ name }) => existsSync(join(folder, name)));
  if (taken !== undefined && !isOurs) {
    throw usageError(
      `${join(into, taken.name)} is there already, and would be written over.`,
      'Choose another folder with --into.',
      'FileExists',
    );
  }
  for (const file of files) writeOne(folder, file);
  printer.document({ folder, files: files.map(({ name }) => name) });
  for (const { name } of files) printer.text(join(into, name));
  printer.note(`How to deploy them: ${join(into, 'README.md')}`);
  return EXIT.done;
}

/** @throws AppError `FileNotWritable` */
function writeOne(folder: string, { name, content }: DeploymentFile): void {
  const path = join(folder, name);
  try {
    makeFolder(dirname(path));
    writeFileSync(path, content);
  } catch (cause) {
    throw new AppError({
      code: 'FileNotWritable',
      message: `${path} can't be written: ${fileProblem(cause)}.`,
      hint: 'Choose another folder with --into.',
      cause,
    });
  }
}
