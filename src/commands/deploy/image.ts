import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { Command } from 'commander';
import type { Platform } from '../../lib/deploy/image/base-image.ts';
import type { BuiltImage } from '../../lib/deploy/image/image.ts';
import type { ImageReference } from '../../lib/deploy/image/reference.ts';
import type { RegistryLogin } from '../../lib/deploy/image/registry-auth.ts';
import { AppError, EXIT, usageError } from '../../lib/rules/errors.ts';
import { fileProblem } from '../../lib/rules/text/file-problem.ts';
import { imageDocument, renderImage } from '../../lib/ui/image.ts';
import { addExamples, type CommandContext, type Runner } from '../command.ts';
import { connect } from '../connect.ts';

interface ImageFlags {
  readonly print?: boolean;
  readonly push?: string;
  readonly base: string;
  readonly platform: string;
}

/** The official image of Node, where a pull needs no login and isn't counted as on Docker Hub. */
const DEFAULT_BASE = 'public.ecr.aws/docker/library/node:24-slim';

/** `pubsub deploy image`: an image of this program and project, built without Docker. */
export function defineImage(command: Command, run: Runner): void {
  addExamples(
    command,
    [
      'pubsub deploy image --print',
      'pubsub deploy image --push 123456789012.dkr.ecr.eu-west-1.amazonaws.com/orders --target aws',
      'pubsub deploy image --push localhost:5000/orders:1.4 --base localhost:5000/node:24',
    ],
    'pubsub deploy status',
  )
    .option('--print', 'show what the image is made of, and push nothing')
    .option('--push <image>', 'registry/repository, with a tag or one of the content')
    .option('--base <image>', 'an image that has Node', DEFAULT_BASE)
    .option('--platform <name>', 'linux/amd64 or linux/arm64', 'linux/amd64')
    .addHelpText(
      'after',
      'Needs no Docker. Logins are those of docker login, podman login and AWS.\n',
    )
    .action((flags: ImageFlags) => run(command, (context) => image(context, flags)));
}

async function image(context: CommandContext, flags: ImageFlags): Promise<undefined> {
  const { io, printer } = context;
  const { base, platform, target } = await readRequest(flags);
  const folder = await mkdtemp(join(tmpdir(), 'pubsub-image-')).catch((error: unknown) => {
    throw inWords(error, tmpdir());
  });
  const { stop: signal } = io.interrupts;
  const progress = printer.progress('Building the image');
  try {
    const [{ openRegistry }, { buildImage }] = await Promise.all([
      import('../../lib/deploy/image/registry.ts'),
      import('../../lib/deploy/image/build-image.ts'),
    ]);
    const open = (reference: ImageReference, actions: 'pull' | 'pull,push') => {
      const login = () => loginFor(context, reference.registry);
      return openRegistry({ reference, actions, login, env: io.env, signal });
    };
    const from = open(base, 'pull');
    const parts = { ...(await partsOf(context)), base, registry: from, platform, folder, signal };
    const built = await buildImage(parts);
    progress.update('Pushing the image');
    const pushed =
      target &&
      (await push(context, built, { from, to: open(target, 'pull,push'), target, folder }));
    progress.clear();
    printer.document(imageDocument(built, platform, pushed));
    for (const line of renderImage(built, platform, pushed)) printer.text(line);
  } catch (error) {
    progress.clear();
    throw signal.aborted ? interrupted() : inWords(error, folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
  return undefined;
}

/** @throws AppError (exit 2) for flags that can't be, together or alone. */
async function readRequest({ print = false, push: to, base, platform }: ImageFlags) {
  const [{ parseReference }, { PLATFORMS }] = await Promise.all([
    import('../../lib/deploy/image/reference.ts'),
    import('../../lib/deploy/image/base-image.ts'),
  ]);
  if (print === (to !== undefined)) {
    throw usageError(
      print ? '--print pushes nothing: leave it out, or --push.' : 'Say what to do with the image.',
      'pubsub deploy image --print, or --push registry/repository',
    );
  }
  const known: Platform | undefined = PLATFORMS.find((each) => each === platform);
  if (known === undefined) {
    throw usageError(`--platform must be ${PLATFORMS.join(' or ')}, not "${platform}".`);
  }
  const target = to === undefined ? undefined : parseReference('--push', to);
  if (target?.digest !== undefined) {
    throw usageError('--push takes no digest: it is what comes out.');
  }
  if (target?.tag === 'latest') {
    throw usageError(
      'The tag "latest" is not pushed: a deployment could not tell one image from the next.',
      `--push ${to?.replace(/:latest$/, '')}, which gets a tag of its content`,
    );
  }
  return { base: parseReference('--base', base), platform: known, target };
}

/** What goes into the image: this installation, and the folder of the project's file. */
async function partsOf({ settings }: CommandContext) {
  const { findInstallation } = await import('../../lib/deploy/image/image-files.ts');
  const installation = await findInstallation(import.meta.dirname);
  const { path } = settings.project;
  return { installation, project: path === '' ? undefined : dirname(path) };
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
  return ecrLogin((await connect(context)).aws, ecr.region);
}

type PushParts = Omit<
  Parameters<typeof import('../../lib/deploy/image/push-image.ts').pushImage>[1],
  'onLayer'
>;

async function push(
  { printer }: CommandContext,
  built: BuiltImage,
  parts: PushParts,
): Promise<{ readonly name: string; readonly tag: string }> {
  const { pushImage } = await import('../../lib/deploy/image/push-image.ts');
  const { target } = parts;
  const tag = await pushImage(built, {
    ...parts,
    onLayer: ({ digest, size, isThere }) =>
      printer.detail(`${digest} ${size} bytes${isThere ? ': there already' : ''}`),
  });
  return { name: `${target.registry}/${target.repository}`, tag };
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
