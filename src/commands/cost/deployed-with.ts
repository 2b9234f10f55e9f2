import type { EstimateOptions } from '../../lib/cost/estimate.ts';
import type { Topology } from '../../lib/definition/topology.ts';

/** What a deployment adds to what the file says, as estimates of its cost take it. */
export async function deployedWith(
  topology: Topology,
): Promise<Pick<EstimateOptions, 'alarmMetrics' | 'builtMemoryMb' | 'hasOrderApi'>> {
  const [{ wantedAlarms }, { BUILT_MEMORY_MB }, { hasOrderApi }] = await Promise.all([
    import('../../lib/topology/alarms/wanted.ts'),
    import('../../lib/deploy/system.ts'),
    import('../../lib/deploy/order-api.ts'),
  ]);
  // An alarm on metric math is paid for by each metric in it.
  const metrics = wantedAlarms(topology).map(
    ({ settings }) => settings.Metrics?.filter(({ MetricStat }) => MetricStat).length ?? 1,
  );
  return {
    alarmMetrics: metrics.reduce((sum, each) => sum + each, 0),
    builtMemoryMb: BUILT_MEMORY_MB,
    hasOrderApi: hasOrderApi(topology),
  };
}
