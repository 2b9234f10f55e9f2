import type { SubscriberSpec, TopicSpec } from '../../definition/topology.ts';
import type { Diagnosis } from '../../diagnose/doctor/diagnose.ts';
import type { DemoEvent } from '../demo-event.ts';
import type { DemoStage } from '../stage.ts';
import type { Step } from '../step.ts';

/** What a demo breaks on the way from a topic to a queue; setup mends it. */
export interface Breakage {
  readonly breaking: Pick<Step, 'title' | 'why'>;
  readonly mending: Pick<Step, 'title' | 'why'>;
  /** What it is, in a word. */
  readonly part: string;
  /** Why the events come nevertheless, if they do. */
  readonly ineffective: string;
  /** Breaks the way, and tells it. @throws AppError of a call that failed. */
  cut(stage: DemoStage, subscriber: SubscriberSpec, topic: TopicSpec): Promise<void>;
  /** What doctor says of a subscriber. @param stateDir where consumers of this machine keep why they failed. */
  diagnose(stage: DemoStage, subscriber: SubscriberSpec, stateDir: string): Promise<Diagnosis>;
  /** What is told when a queue's way is whole again. */
  mended(queue: string): DemoEvent;
}
