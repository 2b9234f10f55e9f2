import type { Command } from 'commander';
import type { AwsNeeds, Places } from '../../lib/deploy/artifacts/aws-needs.ts';
import { artifactsName, stackName } from '../../lib/deploy/style.ts';
import { AppError, EXIT } from '../../lib/rules/errors.ts';
import type { Place } from '../../lib/topology/inspect.ts';
import type { CommandContext } from '../command.ts';
import { reading } from '../reading.ts';
import { changeStack } from './change-stack.ts';
import { type DeployedImage, imageFor } from './deployed-image.ts';
import type { DeployRequest } from './request.ts';
import { settle } from './settle.ts';
import type { Way } from './way.ts';

/**
 * To AWS, and to what answers like it: code into a bucket, an image into a repository, which a stack of their own has.
 * That stack is made, or changed, at once.
 */
export async function wayToAws(
  command: Command,
  context: CommandContext,
  place: Place,
  { style, dryRun, database, aws: choices }: DeployRequest,
): Promise<Way> {
  const { env } = context.io;
  const { topology } = place;
  // One that is on its way out keeps nothing for the next: neither a network, nor that its API has a token.
  for (const name of [stackName(topology, style), artifactsName(topology, style)]) {
    await settle(context, place, { style, name }, true);
  }
  const { readAwsNeeds } = await import('../../lib/deploy/artifacts/aws-needs.ts');
  const needs = await reading(context, 'Looking for what is needed', () =>
    readAwsNeeds(place, { style, database, env, choices }),
  );
  const { deployment, source, texts: parameters } = needs;
  const image = await imageFor(context, deployment, choices);
  try {
    const artifacts =
      source && (await changeStack(command, context, place, { style, source, dryRun, parameters }));
    const places = needs.placesIn(artifacts?.stack, !dryRun);
    return {
      deployment,
      parameters: places.parameters(image?.referenceIn(places.repository)),
      prepare: () => putThere(context, place, needs, places, image),
      finish: () => tidy(context, place, needs, places),
      close: async () => image?.close(),
    };
  } catch (error) {
    await image?.close();
    throw error;
  }
}

/** Uploads code and pushes the image, as far as they aren't there. */
async function putThere(
  { io, printer }: CommandContext,
  { aws }: Place,
  { code }: AwsNeeds,
  { bucket, repository }: Places,
  image: DeployedImage | undefined,
): Promise<void> {
  const { uploadCode } = await import('../../lib/deploy/artifacts/code-objects.ts');
  const { stop } = io.interrupts;
  const progress = printer.progress('Uploading');
  try {
    const onUpload = (key: string): void => progress.update(`Uploading ${key}`);
    await uploadCode(aws, bucket, code, { stop, onUpload });
    progress.update('Pushing the image');
    await image?.push(repository);
  } catch (error) {
    throw stop.aborted ? interrupted(error) : error;
  } finally {
    progress.clear();
  }
}

/** Marks the code that isn't run any more, and says where the token is that nobody was asked for. */
async function tidy(
  { io, printer }: CommandContext,
  { aws }: Place,
  { code }: AwsNeeds,
  { bucket, tokenSecret }: Places,
): Promise<void> {
  if (tokenSecret !== undefined && !io.env.PUBSUB_API_TOKEN) {
    printer.note(
      `The order API's token: aws secretsmanager get-secret-value --secret-id ${tokenSecret} --query SecretString --output text`,
    );
  }
  if (code.length === 0) return;
  const { markReplaced } = await import('../../lib/deploy/artifacts/code-objects.ts');
  const used = code.map(({ key }) => key);
  await markReplaced(aws, bucket, used);
}

function interrupted(cause: unknown): AppError {
  return new AppError({
    code: 'Interrupted',
    message: 'Interrupted: nothing was deployed.',
    hint: 'Run it again: what was uploaded is not sent again.',
    exitCode: EXIT.interrupted,
    cause,
  });
}
