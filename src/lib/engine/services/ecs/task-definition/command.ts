import type { ContainerDefinition } from '@aws-sdk/client-ecs';
import { clientError } from '../errors.ts';

/** An image of this project: its repository is called `pubsub`, in any registry, also after a prefix and a dash. */
const OUR_IMAGE =
  /^(?:[^/@]+\/)*(?:[\w.-]+-)?pubsub(?::\w[\w.-]{0,127})?(?:@sha256:[0-9a-f]{64})?$/;
/** Where the image has the command line. */
const PROGRAM = '/app/bin/pubsub.js';
const NODE = /^(?:\/usr\/local\/bin\/)?node$/;

/**
 * The arguments of `pubsub` that a container runs it with. No container runs here: an image of ours is this
 * installation of it.
 *
 * @throws ServiceError `ClientException` for any other image or program
 */
export function pubsubArguments(container: ContainerDefinition): readonly string[] {
  const { name = '', image = '', entryPoint = [], command = [] } = container;
  if (!OUR_IMAGE.test(image)) {
    throw clientError(
      `The local engine runs no containers: of images it knows only those of pubsub, whose commands it runs as processes, and not '${image}' (container ${name}).`,
    );
  }
  const args = withoutTarget([...afterProgram(name, entryPoint), ...command]);
  if (args.length === 0 || args[0] === 'local') {
    throw clientError(
      `Container ${name} would run an engine within the local engine: give it a command such as ["serve"].`,
    );
  }
  return args;
}

/** What follows the program in an entry point; the image's own is the program alone. */
function afterProgram(name: string, entryPoint: readonly string[]): readonly string[] {
  const [first = 'pubsub', second = '', ...rest] = entryPoint;
  if (first === 'pubsub') return entryPoint.slice(1);
  if (NODE.test(first) && second === PROGRAM) return rest;
  throw clientError(
    `The local engine runs only ["node", "${PROGRAM}", …] of an image, and not '${entryPoint.join(' ')}' (container ${name}).`,
  );
}

/** The engine is AWS for a container: a target that the command names would lead away from it. */
function withoutTarget(args: readonly string[]): readonly string[] {
  return args.filter(
    (each, index) =>
      each !== '--target' && args[index - 1] !== '--target' && !each.startsWith('--target='),
  );
}

/**
 * Whether a container keeps its orders in a database of its own: `pubsub serve` without a Postgres server. One process
 * at a time can have that.
 */
export function hasOwnDatabase(container: ContainerDefinition): boolean {
  const { command = [], entryPoint = [], environment = [], secrets = [] } = container;
  const args = [...entryPoint, ...command];
  const isGiven =
    args.some((each) => each.startsWith('--database-url')) ||
    environment.some(({ name, value }) => name === 'DATABASE_URL' && value !== '') ||
    secrets.some(({ name }) => name === 'DATABASE_URL');
  return args.includes('serve') && !isGiven;
}
