import { execFile, spawnSync } from 'node:child_process';
import { promisify } from 'node:util';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { aws, awsText, hasAws } from '../../../fixtures/aws-command.ts';
import {
  readTemplateFile,
  type StackEngine,
  stackEngine,
  templatePath,
} from '../../../fixtures/cloudformation.ts';
import {
  clientsOf,
  everything,
  type Outputs,
  parametersFor,
  TEMPLATE_CASES,
} from '../../../fixtures/template-cases.ts';

const installed = await hasAws();
if (!installed) process.stderr.write('skipped: the aws command is not installed\n');

let engine: StackEngine;
beforeAll(async () => {
  engine = await stackEngine();
});
// A case that fails leaves nothing to the next.
afterEach(() => engine.running.engine.reset());
afterAll(() => engine.stop());

/** Runs `aws cloudformation`, whose `deploy` answers no JSON. */
function cloudformation(...args: readonly string[]): Promise<string> {
  return awsText(engine.endpoint, 'cloudformation', ...args);
}

/** The second, since the epoch, in which the last deployment ended. */
let deployedAt = 0;

async function deploy(
  stack: string,
  file: string,
  capabilities: readonly string[] = [],
  change: Readonly<Record<string, string>> = {},
): Promise<string> {
  const parameters = Object.entries(parametersFor(readTemplateFile(file), stack, change));
  // The command names a change set by the second, and a stack keeps those that were executed.
  const second = (): number => Math.floor(Date.now() / 1000);
  await expect.poll(second).toBeGreaterThan(deployedAt);
  const printed = await cloudformation(
    'deploy',
    ...['--stack-name', stack, '--template-file', templatePath(file)],
    '--no-fail-on-empty-changeset',
    ...(capabilities.length === 0 ? [] : ['--capabilities', ...capabilities]),
    ...(parameters.length === 0
      ? []
      : ['--parameter-overrides', ...parameters.map((pair) => pair.join('='))]),
  );
  deployedAt = second();
  return printed;
}

async function outputsOf(stack: string): Promise<Outputs> {
  const { Outputs: outputs = [] } = await engine.stack(stack);
  return Object.fromEntries(
    outputs.map(({ OutputKey = '', OutputValue = '' }) => [OutputKey, OutputValue]),
  );
}

describe.skipIf(!installed)('aws cloudformation', () => {
  it.each(TEMPLATE_CASES)('deploys, changes and deletes $file', async (each) => {
    const { file, capabilities, use, change, changed } = each;
    const clients = clientsOf(engine.endpoint);
    const stack = 'cli';
    const isImporting = file === 'importing-queue.yaml';
    if (isImporting) {
      await engine.create('exporter', readTemplateFile('exporting-topic.yaml'), {
        Parameters: [{ ParameterKey: 'Prefix', ParameterValue: stack }],
      });
    }
    const before = await everything(clients);
    expect(await deploy(stack, file, capabilities)).toContain(
      'Successfully created/updated stack - cli',
    );
    await use(clients, await outputsOf(stack), stack);
    expect(await deploy(stack, file, capabilities, change)).toContain('Successfully');
    await changed(clients, await outputsOf(stack), stack);
    await cloudformation('delete-stack', '--stack-name', stack);
    expect(await everything(clients)).toEqual(before);
  });

  it('finds nothing to do, describes, and waits', async () => {
    await deploy('calm', 'fan-out.yaml');
    expect(await deploy('calm', 'fan-out.yaml')).toContain('No changes to deploy');
    const describing = ['cloudformation', 'describe-stacks', '--stack-name', 'calm'];
    expect(await aws(engine.endpoint, ...describing)).toMatchObject({
      Stacks: [{ StackName: 'calm', StackStatus: 'CREATE_COMPLETE' }],
    });
    await cloudformation('delete-stack', '--stack-name', 'calm');
    await cloudformation('wait', 'stack-delete-complete', '--stack-name', 'calm');
  });

  it('tells why a template is refused', async () => {
    await expect(
      cloudformation(
        'validate-template',
        '--template-body',
        '{"Resources":{"B":{"Type":"AWS::S3::Bucket"}}}',
      ),
    ).rejects.toThrow(/ValidationError.*Unrecognized resource types: \[AWS::S3::Bucket\]/s);
    await expect(deploy('cli', 'function-and-table.yaml')).rejects.toThrow(
      'Requires capabilities : [CAPABILITY_IAM]',
    );
  });
});

const BOTO3 = `
import boto3, json, sys
from botocore.exceptions import ClientError
endpoint, path = sys.argv[1:]
made = dict(endpoint_url=endpoint, region_name='us-east-1', aws_access_key_id='x', aws_secret_access_key='x')
client, stacks = boto3.client('cloudformation', **made), boto3.resource('cloudformation', **made)
def code(call, **input):
    try:
        call(**input)
    except ClientError as error:
        return [error.response['Error']['Code'], error.response['Error']['Message']]
text = open(path).read()
stack = stacks.create_stack(StackName='boto', TemplateBody=text)
client.get_waiter('stack_create_complete').wait(StackName='boto')
stack.reload()
told = dict(
    status=stack.stack_status,
    outputs=len(stack.outputs),
    resources=[each.logical_resource_id for each in stack.resource_summaries.all()],
    events=len(list(stack.events.all())),
    same=code(client.update_stack, StackName='boto', TemplateBody=text),
    drift=code(client.detect_stack_drift, StackName='boto'),
)
stack.delete()
client.get_waiter('stack_delete_complete').wait(StackName='boto')
told['gone'] = code(client.describe_stacks, StackName='boto')
print(json.dumps(told))
`;
const hasBoto3 = spawnSync('python3', ['-c', 'import boto3']).status === 0;

it.skipIf(!hasBoto3)('is driven by boto3', async () => {
  const args = ['-c', BOTO3, engine.endpoint, templatePath('fan-out.yaml')];
  const { stdout } = await promisify(execFile)('python3', args);
  expect(JSON.parse(stdout)).toEqual({
    status: 'CREATE_COMPLETE',
    outputs: 3,
    resources: [
      'AuditQueue',
      'AuditSubscription',
      'EmailDeadLetters',
      'EmailQueue',
      'EmailSubscription',
      'OrderEvents',
      'QueuePolicy',
    ],
    events: 16,
    same: ['ValidationError', 'No updates are to be performed.'],
    drift: [
      'UnsupportedOperation',
      'The local engine does not support CloudFormation DetectStackDrift.',
    ],
    gone: ['ValidationError', 'Stack with id boto does not exist'],
  });
});
