import type { MadeCall } from '../../lib/aws/made-calls.ts';
import type { Topology } from '../../lib/definition/topology.ts';
import { awsCommand } from '../../lib/ui/aws-command.ts';
import type { CommandContext } from '../command.ts';
import type { Connection } from '../connect.ts';

const COLUMNS = 80;

/** Shows each call that changes something as a command of the AWS CLI, beneath what it brings about. */
export async function showCalls(
  { printer }: CommandContext,
  { aws, identity }: Connection,
  { functions }: Topology,
): Promise<void> {
  const { observeCalls, observeFunctionCalls } = await import('../../lib/aws/made-calls.ts');
  if (identity.endpoint) {
    printer.text(printer.style.dim(`aws means: aws --endpoint-url ${identity.endpoint}`));
  }
  const show = (call: MadeCall): void => {
    const lines = awsCommand(call, COLUMNS - 5);
    lines.forEach((line, index) => {
      printer.text(printer.style.dim(`   ${index === 0 ? '$' : ' '} ${line}`));
    });
  };
  observeCalls(aws, show);
  if (functions.length > 0) await observeFunctionCalls(aws, show);
}
