import type { DemoStage } from './stage.ts';

/** One step of a demo. */
export interface Step {
  readonly name: string;
  readonly title: string;
  /** What is to be seen, in one line. */
  readonly why: string;
  /** @throws FailedExpectation for an expectation that failed. */
  run(stage: DemoStage): Promise<void>;
}
