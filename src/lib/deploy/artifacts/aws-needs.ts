import type { Aws } from '../../aws/clients.ts';
import type { Stack } from '../../aws/stacks.ts';
import type { OrderDatabase, Style } from '../../definition/styles.ts';
import { AppError } from '../../rules/errors.ts';
import { CODE_BUCKET } from '../../topology/export/function-resources.ts';
import type { Place } from '../../topology/inspect.ts';
import { DATABASE_URL_PARAMETER } from '../database.ts';
import { DATABASE_SECRET, TOKEN_SECRET } from '../ecs-api.ts';
import { keptStack } from '../kept-stack.ts';
import { outputsOf } from '../stack-outputs.ts';
import { artifactsName, stackName } from '../style.ts';
import { type Deployment, deploymentOf, type StackSource } from '../template.ts';
import { artifactsOf, REPOSITORY_OUTPUT } from './artifacts.ts';
import { type CodeObject, codeObjects } from './code-objects.ts';
import { type SecretSources, secretParameters, secretTexts } from './given-secrets.ts';
import { defaultNetwork } from './network.ts';

/** Who asks for a deployment on AWS, and what was chosen for it. */
export interface AwsRequest extends Omit<SecretSources, 'kept'> {
  readonly style: Style;
  /** Where the order API keeps its orders; undefined for as it is, or as it is usual. */
  readonly database: OrderDatabase | undefined;
  readonly choices: SecretSources['choices'] & {
    readonly vpc: string | undefined;
    readonly subnets: readonly string[] | undefined;
  };
}

/** A deployment on AWS, before anything is made. */
export interface AwsNeeds {
  readonly deployment: Deployment;
  /** The stack that goes before; undefined where none is needed. */
  readonly source: StackSource | undefined;
  /** Its parameters. */
  readonly texts: Readonly<Record<string, string>>;
  readonly code: readonly CodeObject[];
  /**
   * What that stack says once it is there.
   * @param stack as it is; undefined where there is none.
   * @param isMade whether it is as it should be: after a dry run, something stands for what it doesn't say yet.
   */
  placesIn(stack: Stack | undefined, isMade: boolean): Places;
}

/** Where code and images go, and the parameters that say so. */
export interface Places {
  readonly bucket: string;
  readonly repository: string;
  /** ARN of the secret with the token that the order API demands; undefined where there is none. */
  readonly tokenSecret: string | undefined;
  /** @param image by its digest; undefined for none. */
  parameters(image: string | undefined): Readonly<Record<string, string>>;
}

/**
 * Finds out what a deployment on AWS needs, and refuses what is missing before anything is made.
 * @throws AppError `NoNetwork`, or as `secretTexts` and `codeObjects` do.
 */
export async function readAwsNeeds(
  { aws, topology }: Pick<Place, 'aws' | 'topology'>,
  { style, database, env, choices }: AwsRequest,
): Promise<AwsNeeds> {
  const [before, artifactsBefore] = await Promise.all([
    keptStack(aws, stackName(topology, style)),
    keptStack(aws, artifactsName(topology, style)),
  ]);
  const values = new Map(
    (before?.Parameters ?? []).map((each) => [each.ParameterKey ?? '', each.ParameterValue]),
  );
  const kept = new Set(values.keys());
  const deployment = deploymentOf(topology, style, undefined, database ?? keptDatabase(kept));
  const source = artifactsOf(deployment);
  const stored = new Set(Object.keys(artifactsBefore ? outputsOf(artifactsBefore) : {}));
  const network = await networkParameters(aws, deployment, choices, kept);
  const sources = { env, choices, kept };
  const texts = secretTexts(deployment, sources, stored);
  const code = codeObjects(deployment);
  return {
    deployment,
    source,
    texts,
    code,
    placesIn(stack, isMade) {
      const outputs = { ...(!isMade && notMade(source)), ...(stack && outputsOf(stack)) };
      const output = (name: string): string =>
        outputs[name] ?? (name in (source?.template.Outputs ?? {}) ? missing(source, name) : '');
      const secrets = secretParameters(deployment, sources, outputs);
      const hasToken = TOKEN_SECRET in (deployment.template.Parameters ?? {});
      return {
        bucket: output(CODE_BUCKET),
        repository: output(REPOSITORY_OUTPUT),
        tokenSecret: hasToken ? (secrets[TOKEN_SECRET] ?? values.get(TOKEN_SECRET)) : undefined,
        parameters: (image) => ({
          ...(code.length > 0 && { [CODE_BUCKET]: output(CODE_BUCKET) }),
          ...Object.fromEntries(code.map(({ parameter, key }) => [parameter, key])),
          ...(image !== undefined && { Image: image }),
          ...network,
          ...secrets,
        }),
      };
    },
  };
}

/** The database that a stack's parameters tell of; undefined for as it is usual. */
function keptDatabase(kept: ReadonlySet<string>): OrderDatabase | undefined {
  if (kept.has(DATABASE_URL_PARAMETER) || kept.has(DATABASE_SECRET)) return 'postgres';
  return kept.has(TOKEN_SECRET) ? 'rds' : undefined;
}

/** What stands in a dry run for the outputs of a stack that it doesn't make, or doesn't change. */
function notMade(source: StackSource | undefined): Record<string, string> {
  const names = Object.keys(source?.template.Outputs ?? {});
  return Object.fromEntries(names.map((name) => [name, 'not.made/yet']));
}

/** The network that was chosen, or the default one; none where the stack has one already, which it keeps. */
async function networkParameters(
  aws: Aws,
  { template }: Deployment,
  { vpc, subnets }: AwsRequest['choices'],
  kept: ReadonlySet<string>,
): Promise<Readonly<Record<string, string>>> {
  if (!('VpcId' in (template.Parameters ?? {}))) return {};
  if (vpc !== undefined && subnets !== undefined) {
    return { VpcId: vpc, SubnetIds: subnets.join(',') };
  }
  return kept.has('VpcId') ? {} : defaultNetwork(aws);
}

function missing(source: StackSource | undefined, name: string): never {
  throw new AppError({
    code: 'MissingOutput',
    message: `The stack "${source?.name}" was made, and says no ${name}.`,
    hint: 'Look with: aws cloudformation describe-stacks',
  });
}
