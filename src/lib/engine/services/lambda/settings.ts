import type { CreateFunctionRequest } from '@aws-sdk/client-lambda';
import {
  ENVIRONMENT_NAME,
  environmentBytes,
  MAX_ENVIRONMENT_BYTES,
  MAX_FUNCTION_TIMEOUT_SECONDS,
  MIN_FUNCTION_MEMORY_MB,
  RESERVED_ENVIRONMENT_NAMES,
} from '../../../rules/functions.ts';
import { unsupported } from '../../errors.ts';
import { constraint, invalid } from './errors.ts';
import type { FunctionVersion } from './function.ts';
import { checkRuntime, isProvided } from './runtimes.ts';

/** What Create and Update may say of a version, besides its code. */
export type SettingsInput = Omit<
  Partial<CreateFunctionRequest>,
  'Code' | 'FunctionName' | 'Publish' | 'Tags'
>;

/** The part of a version that settings decide. */
export type Settings = Omit<FunctionVersion, 'version' | 'code' | 'modifiedAt' | 'revisionId'>;

/** What a function is created with where nothing else is said (API reference, `CreateFunction`). */
export const DEFAULTS: Settings = {
  runtime: '',
  handler: '',
  role: '',
  description: '',
  timeout: 3,
  memory: 128,
  variables: {},
  deadLetterArn: '',
  architecture: 'x86_64',
  storage: 512,
  tracing: 'PassThrough',
  logGroup: '',
};

const ROLE = /^arn:aws[a-z-]*:iam::\d{12}:role\/?[a-zA-Z_0-9+=,.@\-_/]+$/;
const MAX_MEMORY_MB = 32_768;
const MAX_DESCRIPTION_LENGTH = 256;
/** What a log group may be called (API model, `LogGroup`). */
const LOG_GROUP = /^[.\-_/#A-Za-z0-9]{1,512}$/;

/**
 * The settings that an input makes of the ones before.
 *
 * @throws ServiceError `InvalidParameterValueException`, `ValidationException`; `UnsupportedOperation` for what the
 * engine doesn't have
 */
export function changeSettings(before: Settings, input: SettingsInput): Settings {
  refuseUnsupported(input);
  const after: Settings = {
    runtime: input.Runtime ?? before.runtime,
    handler: input.Handler ?? before.handler,
    role: input.Role ?? before.role,
    description: input.Description ?? before.description,
    timeout: input.Timeout ?? before.timeout,
    memory: input.MemorySize ?? before.memory,
    variables: { ...(input.Environment?.Variables ?? before.variables) },
    deadLetterArn: input.DeadLetterConfig?.TargetArn ?? before.deadLetterArn,
    architecture: input.Architectures?.[0] ?? before.architecture,
    storage: input.EphemeralStorage?.Size ?? before.storage,
    tracing: input.TracingConfig?.Mode ?? before.tracing,
    logGroup: input.LoggingConfig?.LogGroup ?? before.logGroup,
  };
  check(after);
  return after;
}

function check(settings: Settings): void {
  const { runtime, handler, role, timeout, memory, description } = settings;
  if (!ROLE.test(role)) {
    throw constraint(
      'role',
      role,
      'satisfy regular expression pattern: arn:(aws[a-zA-Z-]*)?:iam::\\d{12}:role/?[a-zA-Z_0-9+=,.@\\-_/]+',
    );
  }
  if (runtime === '')
    throw invalid(
      'Runtime and Handler are mandatory parameters for functions created with deployment packages.',
    );
  checkRuntime(runtime);
  if (handler === '' && !isProvided(runtime)) {
    throw invalid(
      'Runtime and Handler are mandatory parameters for functions created with deployment packages.',
    );
  }
  if (/\s/.test(handler)) {
    throw constraint('handler', handler, 'satisfy regular expression pattern: [^\\s]+');
  }
  if (handler.length > 128) {
    throw constraint('handler', handler, 'have length less than or equal to 128');
  }
  inRange('timeout', timeout, 1, MAX_FUNCTION_TIMEOUT_SECONDS);
  inRange('memorySize', memory, MIN_FUNCTION_MEMORY_MB, MAX_MEMORY_MB);
  checkDescription(description);
  if (settings.logGroup !== '' && !LOG_GROUP.test(settings.logGroup)) {
    throw constraint(
      'loggingConfig.logGroup',
      settings.logGroup,
      'satisfy regular expression pattern: [\\.\\-_/#A-Za-z0-9]+',
    );
  }
  checkVariables(settings.variables);
  checkDeadLetterTarget(settings.deadLetterArn);
}

function inRange(member: string, value: number, least: number, most: number): void {
  if (value < least)
    throw constraint(member, value, `have value greater than or equal to ${least}`);
  if (value > most) throw constraint(member, value, `have value less than or equal to ${most}`);
}

function checkVariables(variables: Readonly<Record<string, string>>): void {
  const names = Object.keys(variables);
  const reserved = names.filter((name) => RESERVED_ENVIRONMENT_NAMES.includes(name));
  if (reserved.length > 0) {
    throw invalid(
      `Lambda was unable to configure your environment variables because the environment variables you have provided contains reserved keys that are currently not supported for modification. Reserved keys used in this request: ${reserved.join(', ')}`,
    );
  }
  for (const name of names) {
    if (!ENVIRONMENT_NAME.test(name)) {
      throw constraint(
        'environment.variables',
        `{${name}=…}`,
        'satisfy constraint: [Member must satisfy regular expression pattern: [a-zA-Z]([a-zA-Z0-9_])+]',
      );
    }
  }
  if (environmentBytes(variables) > MAX_ENVIRONMENT_BYTES) {
    throw invalid(
      `Lambda was unable to configure your environment variables because the environment variables you have provided exceeded the 4KB limit. String measured: ${JSON.stringify(variables).slice(0, 60)}…`,
    );
  }
}

function checkDeadLetterTarget(arn: string): void {
  if (arn === '' || /^arn:aws[a-z-]*:(?:sqs|sns):[a-z0-9-]+:\d{12}:[^:]+$/.test(arn)) return;
  throw constraint(
    'deadLetterConfig.targetArn',
    arn,
    'satisfy regular expression pattern: (arn:(aws[a-zA-Z-]*)?:[a-z0-9-.]+:.*)|()',
  );
}

/** What changes how a function behaves on AWS, and would silently not do so here. */
function refuseUnsupported(input: SettingsInput): void {
  const { PackageType, ImageConfig, Layers = [], FileSystemConfigs = [], VpcConfig } = input;
  if (PackageType === 'Image' || ImageConfig !== undefined) {
    throw unsupported('functions in container images; give the code as a zip or a folder');
  }
  if (Layers.length > 0) throw unsupported('layers; put what they hold beside the code');
  if (FileSystemConfigs.length > 0) throw unsupported('file systems of functions');
  if ((VpcConfig?.SubnetIds ?? []).length > 0) throw unsupported('functions in a VPC');
  if (input.SnapStart?.ApplyOn === 'PublishedVersions') throw unsupported('SnapStart');
  if (input.LoggingConfig?.LogFormat === 'JSON') throw unsupported('the log format JSON');
  if (input.CodeSigningConfigArn !== undefined) throw unsupported('code signing');
}

/** Of a function, a version or an alias. @throws ServiceError `ValidationException` above 256 characters */
export function checkDescription(description: string): void {
  if (description.length > MAX_DESCRIPTION_LENGTH) {
    throw constraint(
      'description',
      description,
      `have length less than or equal to ${MAX_DESCRIPTION_LENGTH}`,
    );
  }
}
