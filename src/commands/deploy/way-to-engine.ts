import type { Place } from '../../lib/topology/inspect.ts';
import type { CommandContext } from '../command.ts';
import { localOrders } from './order-database.ts';
import { projectFolder } from './prepare.ts';
import { assertNotForAws, type DeployRequest } from './request.ts';
import type { Way } from './way.ts';

/** To the engine: code as folders of this machine, services as processes of this installation. */
export async function wayToEngine(
  context: CommandContext,
  place: Place,
  request: DeployRequest,
): Promise<Way> {
  assertNotForAws(request);
  const [{ deploymentOf }, { localParameters }, { pruneCode, stagingFolder }] = await Promise.all([
    import('../../lib/deploy/template.ts'),
    import('../../lib/deploy/local-parameters.ts'),
    import('../../lib/deploy/stage-code.ts'),
  ]);
  const orders = await localOrders(context, place, request);
  const local = { folder: projectFolder(context), hasDatabaseUrl: orders.hasDatabaseUrl };
  const deployment = deploymentOf(place.topology, request.style, local, orders.database);
  const folder = stagingFolder(context.settings.stateDir, deployment.name);
  const { code, all } = localParameters(deployment, folder);
  return {
    deployment,
    parameters: { ...all, ...orders.parameters },
    prepare: async () => {},
    finish: async () => pruneCode(folder, Object.values(code)),
    close: async () => {},
  };
}
