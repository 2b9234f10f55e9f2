import { README, README_MARK } from '../functions/printed-folder.ts';
import { CODE_BUCKET } from '../topology/export/function-resources.ts';
import { stackName } from './style.ts';
import { styleWords } from './style-words.ts';
import { type Deployment, type FunctionCode, MAX_TEMPLATE_BYTES } from './template.ts';
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
    ...deployments.map(({ style, template }) => ({
      name: `${style}.yaml`,
      content: templateYaml({ ...template }),
    })),
    ...[...code].map(([name, each]) => ({ name, content: each.pack().zip })),
  ];
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

function section({ style, topology, template, code }: Deployment): string[] {
  const name = stackName(topology, style);
  const parameters = Object.entries(template.Parameters ?? {});
  const keys = new Map(code.map((each) => [each.parameter, codeName(each)]));
  const given = parameters.flatMap(([parameter, { Default: preset }]) => {
    if (preset !== undefined) return [];
    if (parameter === CODE_BUCKET) return [`${parameter}=BUCKET`];
    return [`${parameter}=${keys.get(parameter) ?? '…'}`];
  });
  const isLarge = Buffer.byteLength(templateYaml({ ...template })) > MAX_TEMPLATE_BYTES;
  const upload = [
    ...(code.length > 0 || isLarge ? ['aws s3 mb s3://BUCKET'] : []),
    ...(code.length > 0 ? ['aws s3 cp code s3://BUCKET/code --recursive'] : []),
  ];
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
    ...upload,
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
