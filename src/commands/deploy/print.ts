import type { Style } from '../../lib/deploy/style.ts';
import type { ExitCode } from '../../lib/rules/errors.ts';
import { EXIT } from '../../lib/rules/errors.ts';
import type { CommandContext } from '../command.ts';
import { topologyFor } from '../topology.ts';

/** `pubsub deploy <style> --print`: the template as YAML, which nobody is asked for. */
export async function printTemplate(context: CommandContext, style: Style): Promise<ExitCode> {
  const { printer } = context;
  const topology = await topologyFor(context);
  const [{ deploymentOf }, { templateYaml }] = await Promise.all([
    import('../../lib/deploy/template.ts'),
    import('../../lib/deploy/yaml.ts'),
  ]);
  const { template } = deploymentOf(topology, style, { alarms: true });
  printer.document(template);
  for (const line of templateYaml({ ...template })
    .trimEnd()
    .split('\n'))
    printer.raw(line);
  return EXIT.done;
}
