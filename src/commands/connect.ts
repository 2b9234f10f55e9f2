import { type Aws, createAws } from '../lib/aws/clients.ts';
import { identify } from '../lib/aws/identity.ts';
import { ensureRunning } from '../lib/engine/background.ts';
import type { TargetIdentity } from '../lib/model/target.ts';
import { describeTarget } from '../lib/ui/target.ts';
import type { CommandContext } from './command.ts';

/** An open line to the target. */
export interface Connection {
  readonly aws: Aws;
  readonly identity: TargetIdentity;
}

/**
 * Reaches the target and says on stderr which it is; on `local` it starts the engine first where none runs.
 * @throws AppError when the engine can't start, the target can't be reached, or it refuses the credentials.
 */
export async function connect(context: CommandContext): Promise<Connection> {
  const { printer, settings } = context;
  let localEndpoint: string | undefined;
  if (settings.target.kind === 'local') {
    const engine = await ensureRunning({ stateDir: settings.stateDir });
    localEndpoint = engine.endpoint;
    if (engine.started) {
      printer.note(
        `Started the local engine at ${engine.endpoint} (pid ${engine.pid}); stop it with: pubsub local stop`,
      );
    }
  }
  const aws = await createAws(settings, localEndpoint);
  const identity = await identify(aws);
  printer.note(printer.noteStyle.dim(describeTarget(identity)));
  return { aws, identity };
}
