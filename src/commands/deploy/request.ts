import { type OrderDatabase, STYLES, type Style } from '../../lib/definition/styles.ts';
import { usageError } from '../../lib/rules/errors.ts';
import { MAX_FUNCTION_MEMORY_MB, MIN_FUNCTION_MEMORY_MB } from '../../lib/rules/functions.ts';
import { nearest } from '../../lib/rules/text/nearest.ts';
import { shownText } from '../../lib/rules/text/shown-text.ts';
import { readDatabase } from './order-database.ts';

/** Flags of `pubsub deploy`. */
export interface DeployFlags {
  readonly print?: boolean;
  readonly style?: string;
  readonly into?: string;
  readonly dryRun?: boolean;
  readonly memory?: string;
  readonly database?: string;
  readonly artifacts?: boolean;
  readonly image?: string;
  readonly base?: string;
  readonly vpc?: string;
  readonly subnets?: string;
  readonly databaseSecret?: string;
  readonly tokenSecret?: string;
  readonly allowUnauthenticated?: boolean;
}

/** What a deployment on AWS is told besides; what is undefined is found out, or stays as it is. */
export interface AwsChoices {
  /** An image that is in a registry already. */
  readonly image: string | undefined;
  /** What an image is built on. */
  readonly base: string | undefined;
  readonly vpc: string | undefined;
  /** Ids, at least two. */
  readonly subnets: readonly string[] | undefined;
  /** ARNs of secrets that are there. */
  readonly databaseSecret: string | undefined;
  readonly tokenSecret: string | undefined;
  /** Whether an order API as a function may be without a token. */
  readonly allowUnauthenticated: boolean;
}

/** What a run of `pubsub deploy` is asked for. */
export interface DeployRequest {
  readonly style: Style;
  /** What is to be printed; not at all where undefined. */
  readonly print:
    | {
        readonly styles: readonly Style[];
        readonly into: string | undefined;
        /** Whether the template of what the deployment is made from is meant. */
        readonly artifacts: boolean;
      }
    | undefined;
  readonly dryRun: boolean;
  /** MB of functions that the file says nothing of; undefined for as it is. */
  readonly memory: number | undefined;
  /** Where the order API keeps its orders; undefined for as it is, or as it is usual. */
  readonly database: OrderDatabase | undefined;
  readonly aws: AwsChoices;
}

/** Words that stand where a style may: what else `deploy` has. */
const SUBCOMMANDS = ['compare', 'image', 'status', 'outputs', 'logs', 'destroy'] as const;

/** @throws AppError `UnknownStyle` (exit 2), with the nearest one. */
export function readStyle(word: string): Style {
  const style = STYLES.find((each) => each === word);
  if (style !== undefined) return style;
  const near = nearest(word, [...STYLES, ...SUBCOMMANDS]);
  throw usageError(
    `Unknown style "${word}".${near ? ` Did you mean "${near}"?` : ''}`,
    `Styles: ${STYLES.join(', ')}.`,
    'UnknownStyle',
  );
}

/** Reads what is asked for. @throws AppError (exit 2) for no style, and for flags that can't be or don't go together. */
export function readDeployRequest(word: string | undefined, flags: DeployFlags): DeployRequest {
  const { print = false, dryRun = false, into, artifacts = false } = flags;
  if (print && dryRun) {
    throw usageError('--print and --dry-run cannot be used together.', 'Leave one of them out.');
  }
  if (into !== undefined && !print) {
    throw usageError('--into belongs to --print.', 'Add --print, or leave --into out.');
  }
  if (artifacts && (!print || into !== undefined)) {
    throw usageError(
      '--artifacts belongs to --print alone: --into writes all templates.',
      'Such as: pubsub deploy serverless --print --artifacts',
    );
  }
  const memory = readMemory(flags.memory);
  const database = readDatabase(flags.database);
  const aws = readAwsChoices(flags);
  const styles = readStyles(word, flags);
  const [style = STYLES[0]] = styles;
  if (print) {
    const folder = into ?? (styles.length > 1 && !artifacts ? DEFAULT_FOLDER : undefined);
    return { style, print: { styles, into: folder, artifacts }, dryRun, memory, database, aws };
  }
  if (styles.length === 1) return { style, print: undefined, dryRun, memory, database, aws };
  throw usageError(
    'One style is deployed at a time; all of them can be printed.',
    'Add --print, or choose one, such as: pubsub deploy serverless',
  );
}

/** Where files go unless `--into` says it. */
const DEFAULT_FOLDER = 'deploy';
/** What stands for every style. */
const ALL = 'all';

/** The styles that are meant, by the argument or by `--style`. */
function readStyles(word: string | undefined, { style }: DeployFlags): readonly Style[] {
  const wanted = style ?? word;
  if (wanted === undefined) {
    throw usageError('Deploy in which style?', `Styles: ${STYLES.join(', ')}.`, 'MissingStyle');
  }
  const named = word === undefined || word === ALL ? undefined : readStyle(word);
  if (wanted === ALL) return STYLES;
  const meant = readStyle(wanted);
  if (named === undefined || named === meant) return [meant];
  throw usageError(`Which style, ${named} or ${meant}?`, 'Leave --style out.');
}

function readMemory(word: string | undefined): number | undefined {
  if (word === undefined) return undefined;
  const [least, most] = [MIN_FUNCTION_MEMORY_MB, MAX_FUNCTION_MEMORY_MB];
  const memory = /^\d+$/.test(word) ? Number(word) : Number.NaN;
  if (memory >= least && memory <= most) return memory;
  throw usageError(
    `--memory must be a whole number from ${least} to ${most}, in MB; it is ${shownText(word)}.`,
    'Such as: --memory 512',
  );
}

/** The flags that only a deployment on AWS has. */
const AWS_FLAGS: Readonly<Record<keyof AwsChoices, string>> = {
  image: '--image',
  base: '--base',
  vpc: '--vpc',
  subnets: '--subnets',
  databaseSecret: '--database-secret',
  tokenSecret: '--token-secret',
  allowUnauthenticated: '--allow-unauthenticated',
};

function readAwsChoices(flags: DeployFlags): AwsChoices {
  const { image, base, vpc, databaseSecret, tokenSecret, allowUnauthenticated = false } = flags;
  const subnets = flags.subnets?.split(/[\s,]+/).filter((each) => each !== '');
  if ((vpc === undefined) !== (subnets === undefined)) {
    throw usageError('--vpc and --subnets belong together.', 'Give both, or leave both out.');
  }
  const isNetwork =
    (vpc === undefined || /^vpc-[0-9a-f]+$/.test(vpc)) &&
    (subnets === undefined || subnets.every((each) => /^subnet-[0-9a-f]+$/.test(each)));
  if (!isNetwork || (subnets !== undefined && new Set(subnets).size < 2)) {
    throw usageError(
      '--vpc is one id, and --subnets two or more, in different zones.',
      'Such as: --vpc vpc-0123456789abcdef0 --subnets subnet-0123456789abcdef0,subnet-0fedcba9876543210',
    );
  }
  if (image !== undefined && base !== undefined) {
    throw usageError('--image builds nothing, so that --base has no use.', 'Leave one out.');
  }
  const secrets = [databaseSecret, tokenSecret].filter((each) => each !== undefined);
  const wrong = secrets.find((each) => !/^arn:[^:]+:secretsmanager:.+:secret:.+/.test(each));
  if (wrong !== undefined) {
    throw usageError(
      `${wrong === databaseSecret ? AWS_FLAGS.databaseSecret : AWS_FLAGS.tokenSecret} takes the ARN of a secret, and never its text.`,
      'Such as arn:aws:secretsmanager:eu-west-1:123456789012:secret:orders-AbCdEf',
    );
  }
  return { image, base, vpc, subnets, databaseSecret, tokenSecret, allowUnauthenticated };
}

/** @throws AppError (exit 2) for what is for AWS alone, where a deployment goes to the engine. */
export function assertNotForAws({ aws }: DeployRequest): void {
  const given = Object.entries(AWS_FLAGS).find(([key]) => aws[key as keyof AwsChoices]);
  if (given === undefined) return;
  throw usageError(
    `${given[1]} is for AWS: the engine runs this installation, in no network, and asks for no secrets.`,
    'Leave it out, or add --target aws.',
  );
}
