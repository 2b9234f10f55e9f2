import { existsSync, statSync } from 'node:fs';
import { isAbsolute } from 'node:path';
import type { ContainerDefinition, RegisterTaskDefinitionRequest } from '@aws-sdk/client-ecs';
import { unsupported } from '../../../errors.ts';
import { clientError } from '../errors.ts';
import { pubsubArguments } from './command.ts';
import { fargateSize } from './fargate-sizes.ts';

const FAMILY = /^[\w-]{1,255}$/;
const MAX_STOP_TIMEOUT_SECONDS = 120;
/** Members that would change what runs, and that the engine's processes don't have. */
const UNSUPPORTED_OF_TASK = [
  'volumes',
  'placementConstraints',
  'pidMode',
  'ipcMode',
  'proxyConfiguration',
  'inferenceAccelerators',
] as const;
const UNSUPPORTED_OF_CONTAINER = [
  'repositoryCredentials',
  'links',
  'restartPolicy',
  'environmentFiles',
  'mountPoints',
  'volumesFrom',
  'dependsOn',
  'hostname',
  'disableNetworking',
  'privileged',
  'dnsServers',
  'dnsSearchDomains',
  'extraHosts',
  'dockerSecurityOptions',
  'interactive',
  'pseudoTerminal',
  'systemControls',
  'resourceRequirements',
  'firelensConfiguration',
  'credentialSpecs',
] as const;

/**
 * Checks a task definition for Fargate.
 *
 * @returns it with CPU units and MiB as numbers. @throws ServiceError `ClientException`, `UnsupportedOperation`
 * @see https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task_definition_parameters.html
 */
export function checkTaskDefinition(
  input: RegisterTaskDefinitionRequest,
): RegisterTaskDefinitionRequest {
  const { family = '', containerDefinitions: containers = [], networkMode } = input;
  if (!FAMILY.test(family)) {
    throw clientError(
      'Family contains invalid characters: letters, digits, hyphens and underscores are allowed, 255 at most.',
    );
  }
  const { requiresCompatibilities = [] } = input;
  if (!requiresCompatibilities.includes('FARGATE')) {
    throw unsupported(`task definitions without requiresCompatibilities ["FARGATE"]`);
  }
  if (networkMode !== 'awsvpc') {
    throw clientError("Fargate only supports network mode 'awsvpc'.");
  }
  refuse(input, UNSUPPORTED_OF_TASK, 'task definitions');
  const size = fargateSize(input.cpu, input.memory);
  if (containers.length === 0) throw clientError('Container list cannot be empty.');
  if (!containers.some(({ essential = true }) => essential)) {
    throw clientError('At least one container in a task definition must be essential.');
  }
  const names = containers.map(({ name }) => name);
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice !== undefined) throw clientError(`Duplicate container name: ${twice}.`);
  for (const container of containers) checkContainer(container, input);
  return { ...input, ...size };
}

function checkContainer(
  container: ContainerDefinition,
  { executionRoleArn, cpu }: RegisterTaskDefinitionRequest,
): void {
  const { name = '', image = '', stopTimeout, portMappings = [], secrets = [] } = container;
  if (!FAMILY.test(name)) throw clientError(`Invalid container name '${name}'.`);
  if (image === '') throw clientError('Container.image should not be null or empty.');
  refuse(container, UNSUPPORTED_OF_CONTAINER, 'containers');
  pubsubArguments(container);
  checkFolder(container);
  if (stopTimeout !== undefined && !(stopTimeout >= 0 && stopTimeout <= MAX_STOP_TIMEOUT_SECONDS)) {
    throw clientError(
      `Invalid stopTimeout value ${stopTimeout}: Fargate allows at most ${MAX_STOP_TIMEOUT_SECONDS} seconds.`,
    );
  }
  if ((container.cpu ?? 0) > Number(cpu)) {
    throw clientError(`Container ${name} asks for more cpu than its task has.`);
  }
  for (const { containerPort, hostPort, protocol = 'tcp', containerPortRange } of portMappings) {
    if (containerPortRange !== undefined) throw unsupported('ranges of ports');
    if (protocol !== 'tcp') throw unsupported(`port mappings of ${protocol}`);
    if (hostPort !== undefined && hostPort !== 0 && hostPort !== containerPort) {
      throw clientError(
        'When networkMode=awsvpc, the host ports and container ports in port mappings must match.',
      );
    }
  }
  checkLog(container);
  const needsRole = [
    ...(container.logConfiguration === undefined ? [] : ['support log driver awslogs']),
    ...(image.includes('.dkr.ecr.') ? ['support ECR images'] : []),
    ...(secrets.length > 0 ? ['support secrets'] : []),
  ];
  if (executionRoleArn === undefined && needsRole[0] !== undefined) {
    throw clientError(
      `Fargate requires task definition to have execution role ARN to ${needsRole[0]}.`,
    );
  }
  checkHealthCheck(container);
}

/** No image is unpacked: the folder that a container runs in is one of this machine. */
function checkFolder({ name, workingDirectory: folder }: ContainerDefinition): void {
  if (folder === undefined) return;
  if (isAbsolute(folder) && existsSync(folder) && statSync(folder).isDirectory()) return;
  throw unsupported(
    `the workingDirectory ${folder} of container ${name}: it must be a folder of this machine`,
  );
}

function checkLog({ name, logConfiguration }: ContainerDefinition): void {
  if (logConfiguration === undefined) return;
  const { logDriver, options = {}, secretOptions = [] } = logConfiguration;
  if (logDriver !== 'awslogs') throw unsupported(`the log driver ${logDriver}: awslogs only`);
  if (secretOptions.length > 0) throw unsupported('secretOptions of logs');
  for (const option of ['awslogs-group', 'awslogs-region', 'awslogs-stream-prefix']) {
    if (options[option]) continue;
    throw clientError(
      `Log driver awslogs requires option ${option} for container ${name} when the launch type is FARGATE.`,
    );
  }
}

function checkHealthCheck({ name, healthCheck }: ContainerDefinition): void {
  if (healthCheck === undefined) return;
  const [kind, ...words] = healthCheck.command ?? [];
  if ((kind !== 'CMD' && kind !== 'CMD-SHELL') || words.length === 0) {
    throw clientError(
      `The health check of container ${name} must begin with CMD or CMD-SHELL, and have a command.`,
    );
  }
  const [missing] = NOT_IN_IMAGE.exec(words.join(' ')) ?? [];
  if (missing !== undefined) {
    throw clientError(
      `The health check of container ${name} would never pass: the image has no ${missing}. It has node.`,
    );
  }
}

/** Programs that health checks are often written with, and that the image is made without. */
const NOT_IN_IMAGE = /\b(?:curl|wget)\b/;

function refuse(input: object, names: readonly string[], kind: string): void {
  const given = input as Readonly<Record<string, unknown>>;
  const found = names.find((name) => {
    const value = given[name];
    return Array.isArray(value) ? value.length > 0 : value !== undefined && value !== false;
  });
  if (found !== undefined) throw unsupported(`${found} of ${kind}`);
}
