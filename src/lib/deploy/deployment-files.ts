import { README, README_MARK } from '../functions/printed-folder.ts';
import { CODE_BUCKET } from '../topology/export/function-resources.ts';
import { artifactsOf, REPOSITORY_OUTPUT } from './artifacts/artifacts.ts';
import { DATABASE_URL_PARAMETER } from './database.ts';
import { DATABASE_SECRET } from './ecs-api.ts';
import { styleWords } from './style-words.ts';
import {
  type Deployment,
  type FunctionCode,
  MAX_TEMPLATE_BYTES,
  type StackSource,
} from './template.ts';
import { templateYaml } from './yaml.ts';

/** A file that deployments are written to. */
export interface DeploymentFile {
  /** With `/` between its parts. */
  readonly name: string;
  readonly content: string | Uint8Array;
}

/**
 * Deployments as files: a template for each, the code of their functions as zips, and a README that says how to deploy
 * them with AWS's own tools.
 * @throws AppError (exit 2) for code that can't be packed.
 */
export function deploymentFiles(deployments: readonly Deployment[]): DeploymentFile[] {
  const code = new Map(
    deployments.flatMap((each) => each.code).map((each) => [codeName(each), each]),
  );
  return [
    // The first: what is written beside it is known by it as ours, also where the writing ended halfway.
    { name: README, content: readme(deployments) },
    ...deployments.flatMap((deployment) => {
      const artifacts = artifactsOf(deployment);
      return [
        ...(artifacts ? [fileOf(artifactsFile(deployment), artifacts)] : []),
        fileOf(`${deployment.style}.yaml`, deployment),
      ];
    }),
    ...[...code].map(([name, each]) => ({ name, content: each.pack().zip })),
  ];
}

function fileOf(name: string, { template }: StackSource): DeploymentFile {
  return { name, content: templateYaml({ ...template }) };
}

function artifactsFile({ style }: Deployment): string {
  return `${style}-artifacts.yaml`;
}

function codeName({ spec }: FunctionCode): string {
  return `code/${spec.name}.zip`;
}

function readme(deployments: readonly Deployment[]): string {
  const [first] = deployments;
  const lines = [
    README_MARK,
    `# ${first?.topology.name ?? ''} on AWS`,
    '',
    'CloudFormation templates, one for each way to run the system. They need nothing but the `aws` command. Deploy one of',
    'them at a time: their topics and queues have the same names.',
    '',
    ...deployments.flatMap(section),
    '## Looking, and taking it away',
    '',
    '```',
    'aws cloudformation describe-stacks --stack-name STACK --query "Stacks[0].Outputs" --output table',
    'aws cloudformation describe-stack-events --stack-name STACK --max-items 20',
    'aws cloudformation delete-stack --stack-name STACK',
    '```',
    '',
    ...(deployments.some(({ code }) => code.length > 0)
      ? ['The bucket is emptied before its stack is deleted: `aws s3 rm s3://BUCKET --recursive`.']
      : []),
    ...(deployments.some(({ template }) => DATABASE_SECRET in (template.Parameters ?? {}))
      ? [
          'A secret stands on no command line: `aws secretsmanager create-secret --name NAME --secret-string file://FILE`.',
        ]
      : []),
    ...(deployments.some(({ template }) => DATABASE_URL_PARAMETER in (template.Parameters ?? {}))
      ? [
          `\`${DATABASE_URL_PARAMETER}\` has a password, which stands on no command line: \`--parameter-overrides file://FILE\`, with a JSON list of \`"Name=value"\`.`,
        ]
      : []),
    ...(hasTables(deployments) ? [TABLES_KEPT] : []),
    'Alarms notify nobody until `AlarmActions` names a topic.',
    '',
  ];
  return lines.join('\n');
}

const TABLES_KEPT =
  'Tables are kept when a stack is deleted: `aws dynamodb delete-table --table-name NAME` deletes one with its data.';

function hasTables(deployments: readonly Deployment[]): boolean {
  const resources = deployments.flatMap(({ template }) => Object.values(template.Resources));
  return resources.some(({ Type }) => Type === 'AWS::DynamoDB::Table');
}

function section(deployment: Deployment): string[] {
  const { style, name, topology, template, code } = deployment;
  const parameters = Object.entries(template.Parameters ?? {});
  const keys = new Map(code.map((each) => [each.parameter, codeName(each)]));
  const given = parameters.flatMap(([parameter, { Default: preset }]) => {
    if (preset !== undefined) return [];
    if (parameter === CODE_BUCKET) return [`${parameter}=BUCKET`];
    return [`${parameter}=${keys.get(parameter) ?? '…'}`];
  });
  const isLarge = Buffer.byteLength(templateYaml({ ...template })) > MAX_TEMPLATE_BYTES;
  const command = [
    `aws cloudformation deploy --stack-name ${name}`,
    `--template-file ${style}.yaml`,
    ...(isLarge ? ['--s3-bucket BUCKET'] : []),
    '--capabilities CAPABILITY_IAM',
    ...(given.length > 0 ? ['--parameter-overrides', ...given.map((each) => `  ${each}`)] : []),
  ];
  const described = parameters.filter(([parameter]) => !keys.has(parameter));
  return [
    `## ${style}: ${styleWords(topology, style)}`,
    '',
    '```',
    ...preparing(deployment, isLarge),
    command.join(' \\\n  '),
    '```',
    '',
    ...described.map(
      ([parameter, { Description, Default: preset }]) =>
        `- \`${parameter}\`: ${Description}${preset === undefined ? '' : ` Unless given: "${preset}".`}`,
    ),
    ...(described.length > 0 ? [''] : []),
  ];
}

/** What goes before a deployment: the stack with bucket, repository and secrets, and the code. */
function preparing(deployment: Deployment, isLarge: boolean): string[] {
  const artifacts = artifactsOf(deployment);
  const hasCode = deployment.code.length > 0;
  const outputs = [
    ...(hasCode ? [`BUCKET is ${CODE_BUCKET}`] : []),
    ...(artifacts && REPOSITORY_OUTPUT in artifacts.template.Outputs
      ? [`images go to ${REPOSITORY_OUTPUT}`]
      : []),
  ];
  return [
    ...(artifacts
      ? [
          `aws cloudformation deploy --stack-name ${artifacts.name} --template-file ${artifactsFile(deployment)}`,
          `aws cloudformation describe-stacks --stack-name ${artifacts.name} --query "Stacks[0].Outputs" --output table  # ${outputs.join(', ')}`,
        ]
      : []),
    ...(isLarge && !hasCode ? ['aws s3 mb s3://BUCKET'] : []),
    ...(hasCode ? ['aws s3 cp code s3://BUCKET/code --recursive'] : []),
  ];
}
