import type { Command } from 'commander';
import type { Platform } from '../../lib/deploy/image/base-image.ts';
import { usageError } from '../../lib/rules/errors.ts';
import { imageDocument, renderImage } from '../../lib/ui/image.ts';
import { addExamples, type CommandContext, type Runner } from '../command.ts';
import { DEFAULT_BASE, type ProgramImage, programImage } from './program-image.ts';

interface ImageFlags {
  readonly print?: boolean;
  readonly push?: string;
  readonly base: string;
  readonly platform: string;
}

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
  const { printer } = context;
  const { base, platform, target } = await readRequest(flags);
  const progress = printer.progress('Building the image');
  let made: ProgramImage | undefined;
  try {
    made = await programImage(context, { base, platform });
    progress.update('Pushing the image');
    const pushed = target && {
      name: `${target.registry}/${target.repository}`,
      tag: await made.push(target),
    };
    progress.clear();
    printer.document(imageDocument(made.built, platform, pushed));
    for (const line of renderImage(made.built, platform, pushed)) printer.text(line);
  } catch (error) {
    progress.clear();
    throw error;
  } finally {
    await made?.close();
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
