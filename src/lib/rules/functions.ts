/**
 * What AWS Lambda takes of functions and of event source mappings for SQS, each rule once.
 *
 * Sources: "Lambda quotas", "Lambda runtimes", "Using Lambda environment variables" and "Using Lambda with Amazon SQS"
 * (AWS Lambda Developer Guide), API reference of Lambda.
 */

/** Runtimes that functions can be created with, by the day on which AWS ends that ("Lambda runtimes"). */
export const RUNTIMES = [
  'nodejs24.x',
  'nodejs22.x',
  'python3.14',
  'python3.13',
  'python3.12',
  'provided.al2023',
  'java25',
  'java21',
  'dotnet10',
  'dotnet8',
  'ruby3.4',
  'ruby3.3',
] as const;
export type Runtime = (typeof RUNTIMES)[number];

/** Runtimes that AWS creates no function with any more; functions that have them go on running. */
const ENDED_RUNTIME =
  /^(nodejs(\d\.\d+|[4-9]\.\w+|1\d\.x|20\.x|)|python(2\.7|3\.([6-9]|1[01]))|ruby(2\.\d|3\.2)|java(8(\.al2)?|11|17)|dotnet[67]|dotnetcore\d\.\d|go1\.x|provided(\.al2)?)$/;

/** Whether AWS took functions with a runtime once, and takes none any more. */
export function isEndedRuntime(runtime: string): boolean {
  return ENDED_RUNTIME.test(runtime);
}

/** The newest runtime of the same language that AWS takes; undefined for a language without one. */
export function newestRuntimeLike(runtime: string): Runtime | undefined {
  const [language = ''] = /^[a-z]+/.exec(runtime) ?? [];
  return RUNTIMES.find((each) => language !== '' && each.startsWith(language));
}

/** A function's name in its ARN, with the version or alias where one is named. */
export function qualifiedNameOf(functionArn: string): string {
  return functionArn.split(':').slice(6).join(':');
}

/** A function's name (`CreateFunction`, "FunctionName"). */
export const FUNCTION_NAME = /^[A-Za-z0-9_-]+$/;
export const MAX_FUNCTION_NAME_LENGTH = 64;

/** Bounds of a function's `Timeout`, in seconds, and what it is unless given. */
export const MAX_FUNCTION_TIMEOUT_SECONDS = 900;
export const DEFAULT_FUNCTION_TIMEOUT_SECONDS = 3;
/** Bounds of `MemorySize`, in MB, and what it is unless given. */
export const MIN_FUNCTION_MEMORY_MB = 128;
export const MAX_FUNCTION_MEMORY_MB = 10_240;
/** Highest `ReservedConcurrentExecutions` of an account that never asked for more. */
export const MAX_RESERVED_CONCURRENCY = 1000;

/** All environment variables of a function together, in bytes. */
export const MAX_ENVIRONMENT_BYTES = 4096;
/** The name of an environment variable (`CreateFunction`, "Environment"). */
export const ENVIRONMENT_NAME = /^[A-Za-z][A-Za-z0-9_]+$/;
/** Names that Lambda sets itself ("Defined runtime environment variables"). */
export const RESERVED_ENVIRONMENT_NAMES: readonly string[] = [
  '_HANDLER',
  '_X_AMZN_TRACE_ID',
  'AWS_ACCESS_KEY',
  'AWS_ACCESS_KEY_ID',
  'AWS_DEFAULT_REGION',
  'AWS_EXECUTION_ENV',
  'AWS_LAMBDA_FUNCTION_MEMORY_SIZE',
  'AWS_LAMBDA_FUNCTION_NAME',
  'AWS_LAMBDA_FUNCTION_VERSION',
  'AWS_LAMBDA_INITIALIZATION_TYPE',
  'AWS_LAMBDA_LOG_GROUP_NAME',
  'AWS_LAMBDA_LOG_STREAM_NAME',
  'AWS_LAMBDA_RUNTIME_API',
  'AWS_REGION',
  'AWS_SECRET_ACCESS_KEY',
  'AWS_SESSION_TOKEN',
  'LAMBDA_RUNTIME_DIR',
  'LAMBDA_TASK_ROOT',
];

/** What environment variables count against `MAX_ENVIRONMENT_BYTES`: the JSON object of them. */
export function environmentBytes(environment: Readonly<Record<string, string>>): number {
  return Buffer.byteLength(JSON.stringify(environment));
}

/** `BatchSize` of a mapping: records that one invocation gets, by the queue's kind, and what it is unless given. */
export const MAX_BATCH_SIZE = 10_000;
export const MAX_FIFO_BATCH_SIZE = 10;
export const DEFAULT_BATCH_SIZE = 10;
/** A `BatchSize` above this needs a `MaximumBatchingWindowInSeconds` of at least a second. */
export const MAX_BATCH_SIZE_WITHOUT_WINDOW = 10;
/** Highest `MaximumBatchingWindowInSeconds`. */
export const MAX_BATCH_WINDOW_SECONDS = 300;
/** Bounds of `ScalingConfig.MaximumConcurrency`. */
export const MIN_MAXIMUM_CONCURRENCY = 2;
export const MAX_MAXIMUM_CONCURRENCY = 1000;
/** Batches that a mapping begins with at once: with less reserved concurrency it is throttled by itself. */
export const INITIAL_CONCURRENT_BATCHES = 5;

/** Where Lambda writes what a function prints. */
export function logGroupOf(functionName: string): string {
  return `/aws/lambda/${functionName}`;
}
