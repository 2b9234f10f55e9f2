import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Platform } from '../../lib/deploy/image/base-image.ts';
import type { BuiltImage } from '../../lib/deploy/image/image.ts';
import type { ImageReference } from '../../lib/deploy/image/reference.ts';
import type { Registry } from '../../lib/deploy/image/registry.ts';
import type { RegistryLogin } from '../../lib/deploy/image/registry-auth.ts';
import { AppError, EXIT, usageError } from '../../lib/rules/errors.ts';
import { fileProblem } from '../../lib/rules/text/file-problem.ts';
import type { CommandContext } from '../command.ts';
import { connect } from '../connect.ts';
import { reading } from '../reading.ts';
import { projectFolder } from './prepare.ts';

/** The official image of Node, where a pull needs no login and isn't counted as on Docker Hub. */
export const DEFAULT_BASE = 'public.ecr.aws/docker/library/node:24-slim';

/** An image of this program and project, ready to be pushed. Its layer lies in a folder until it is closed. */
export interface ProgramImage {
  readonly built: BuiltImage;
  /** @returns the tag that it then has. @throws AppError of a registry that refuses it; `Interrupted`. */
  push(target: ImageReference): Promise<string>;
  close(): Promise<void>;
}

/** Builds an image of this program and project. @throws AppError of a base that can't be read; `Interrupted`. */
export async function programImage(
  context: CommandContext,
  { base, platform }: { readonly base: ImageReference; readonly platform: Platform },
): Promise<ProgramImage> {
  const folder = await mkdtemp(join(tmpdir(), 'pubsub-image-')).catch((error: unknown) => {
    throw inWords(error, tmpdir());
  });
  const { stop: signal } = context.io.interrupts;
  const close = () => rm(folder, { recursive: true, force: true });
  const worded = async <T>(work: () => Promise<T>): Promise<T> => {
    try {
      return await work();
    } catch (error) {
      throw signal.aborted ? interrupted() : inWords(error, folder);
    }
  };
  const from = await registryOf(context, base, 'pull');
  try {
    const built = await worded(async () => {
      const { buildImage } = await import('../../lib/deploy/image/build-image.ts');
      const parts = { ...(await partsOf(context)), base, registry: from, platform, folder, signal };
      return buildImage(parts);
    });
    return {
      built,
      push: (target) => worded(() => push(context, built, { from, target, folder })),
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}

/** A repository of a registry, with the login that there is for it. */
export async function registryOf(
  context: CommandContext,
  reference: ImageReference,
  actions: 'pull' | 'pull,push',
): Promise<Registry> {
  const { openRegistry } = await import('../../lib/deploy/image/registry.ts');
  const login = () => loginFor(context, reference.registry);
  const { env, interrupts } = context.io;
  return openRegistry({ reference, actions, login, env, signal: interrupts.stop });
}

/** What goes into the image: this installation, and the folder of the project's file. */
async function partsOf(context: CommandContext) {
  const { findInstallation } = await import('../../lib/deploy/image/image-files.ts');
  const installation = await findInstallation(import.meta.dirname);
  return { installation, project: projectFolder(context) };
}

/** What lets in: what is saved for the registry, or what AWS gives for one of Amazon ECR. */
async function loginFor(
  context: CommandContext,
  registry: string,
): Promise<RegistryLogin | undefined> {
  const [{ savedLogin }, { ecrRegistry }] = await Promise.all([
    import('../../lib/deploy/image/registry-login.ts'),
    import('../../lib/deploy/image/registry-auth.ts'),
  ]);
  const saved = await savedLogin(registry, context.io.env);
  const ecr = ecrRegistry(registry);
  if (saved !== undefined || ecr === undefined) return saved;
  if (context.settings.target.kind === 'local') {
    throw usageError(
      `${registry} is a registry of AWS, and the target is "local".`,
      'Add --target aws',
      'OtherTarget',
    );
  }
  const { ecrLogin } = await import('../../lib/aws/ecr.ts');
  return ecrLogin((await reading(context, undefined, () => connect(context))).aws, ecr.region);
}

async function push(
  context: CommandContext,
  built: BuiltImage,
  { from, target, folder }: { from: Registry; target: ImageReference; folder: string },
): Promise<string> {
  const { pushImage } = await import('../../lib/deploy/image/push-image.ts');
  return pushImage(built, {
    from,
    to: await registryOf(context, target, 'pull,push'),
    target,
    folder,
    onLayer: ({ digest, size, isThere }) =>
      context.printer.detail(`${digest} ${size} bytes${isThere ? ': there already' : ''}`),
  });
}

/** An error of a file as a sentence; any other one as it is. @param folder where layers are meanwhile */
function inWords(error: unknown, folder: string): unknown {
  if (error instanceof AppError || !(error instanceof Error && 'syscall' in error)) return error;
  const { path = folder } = error as NodeJS.ErrnoException;
  return new AppError({
    code: 'FileProblem',
    message: `The image can't be built: ${path}: ${fileProblem(error)}.`,
    hint: 'Layers lie in the folder that TMPDIR names until they are pushed.',
    cause: error,
  });
}

function interrupted(): AppError {
  return new AppError({
    code: 'Interrupted',
    message: 'Interrupted: no image was pushed.',
    hint: 'Run it again: what was uploaded is not sent again.',
    exitCode: EXIT.interrupted,
  });
}
