import type { Command } from 'commander';
import { addExamples, addSubcommand, type Runner } from '../command.ts';
import { defineCompare } from './compare.ts';
import { defineDestroy } from './destroy.ts';
import { defineImage } from './image.ts';
import { defineLogs } from './logs.ts';
import { defineOutputs } from './outputs.ts';
import { printTemplate, writeTemplates } from './print.ts';
import { type DeployFlags, readDeployRequest } from './request.ts';
import { deployStack } from './stack.ts';
import { defineStatus } from './status.ts';

/** `pubsub deploy <style>`, `pubsub deploy image|status|outputs|logs|destroy`: a topology as a CloudFormation stack. */
export function define(command: Command, run: Runner): void {
  addExamples(
    command,
    [
      'pubsub deploy serverless',
      'pubsub deploy serverless --dry-run',
      'pubsub deploy ecs',
      'pubsub deploy serverless --print > template.yaml',
      'pubsub deploy --print --style all --into deploy',
      'pubsub deploy logs --follow',
      'pubsub deploy destroy',
    ],
    'pubsub deploy status',
  )
    .argument('[style]', 'serverless, hybrid or ecs')
    .option('--style <style>', 'the same; all with --print')
    .option('--print', 'print the CloudFormation template and call nobody')
    .option('--into <folder>', 'with --print: write template, code and a README there')
    .option('--artifacts', 'with --print: the template of bucket, repository and secrets')
    .option('--memory <mb>', 'of the functions that the file says nothing of (default: 256)')
    .option('--database <kind>', 'of orders: dynamodb, postgres or rds')
    .option('--image <image>', 'on AWS: one that is there, instead of building it')
    .option('--base <image>', 'on AWS: what the image is built on')
    .option('--vpc <id>', 'on AWS: where services run (default: the default VPC)')
    .option('--subnets <ids>', 'on AWS: two public subnets at least, with commas')
    .option('--database-secret <arn>', 'on AWS: a secret with the URL of Postgres')
    .option('--token-secret <arn>', "on AWS: a secret with the order API's token")
    .option('--allow-unauthenticated', 'on AWS: an order API that demands no token')
    .option('-n, --dry-run', 'show the plan and change nothing')
    .action((word: string | undefined, flags: DeployFlags) =>
      run(command, (context) => {
        const request = readDeployRequest(word, flags);
        const { print } = request;
        if (print?.into !== undefined) return writeTemplates(context, request, print.into);
        if (print !== undefined) return printTemplate(context, request);
        return deployStack(command, context, request);
      }),
    );
  defineCompare(
    addSubcommand(command, 'compare', 'compare the styles: computed and measured'),
    run,
  );
  defineImage(addSubcommand(command, 'image', 'build an image without Docker, and push it'), run);
  defineStatus(addSubcommand(command, 'status', 'show the stacks of the topology'), run);
  defineOutputs(addSubcommand(command, 'outputs', 'show URLs, ARNs and names of a stack'), run);
  defineLogs(addSubcommand(command, 'logs', 'show what the parts of a stack print'), run);
  defineDestroy(addSubcommand(command, 'destroy', 'delete a stack, and verify it'), run);
}
