import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';
import { BaseSequencer, type TestSpecification } from 'vitest/node';
import { define, PROOFS, shared } from './vitest.config.ts';

// Those that wait for processes and real seconds come first: at the end they would keep one core busy and no other.
const PATIENT = [
  'cli/orders/serve',
  'cli/demo',
  'contract/orders/relay',
  'contract/orders/orders-database',
  'contract/consume/consumer-seeded-faults',
  'contract/consume/consumer-visibility',
  'contract/consume/consumer-fifo',
  'cli/consume',
  'cli/root/output-lost',
  'cli/tap',
  'cli/diagnose',
  'cli/publish',
  'cli/engine',
  'cli/',
  'contract/',
];

class PatientFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const rank = ({ moduleId }: TestSpecification): number => {
      const found = PATIENT.findIndex((part) => moduleId.includes(`/test/${part}`));
      return found === -1 ? PATIENT.length : found;
    };
    return (await super.sort(files)).sort((a, b) => rank(a) - rank(b));
  }
}

/** Unit, contract and command-line tests as one: workers go from kind to kind and load the SDK and the engine once. */
export default defineConfig({
  define,
  test: {
    ...shared,
    include: ['test/{unit,contract,cli}/**/*.test.ts'],
    exclude: PROOFS,
    globalSetup: ['test/build.ts', 'test/postgres.ts'],
    sequence: { sequencer: PatientFirst },
    // Most tests wait for processes and sockets: more workers than cores keep the cores busy.
    maxWorkers: Math.min(availableParallelism() + 2, 8),
  },
});
