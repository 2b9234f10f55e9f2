import type { Command } from 'commander';
import { topologyOf } from '../lib/config/topology.ts';
import { chooseTopic } from '../lib/definition/find.ts';
import type { TopicSpec, Topology } from '../lib/definition/topology.ts';
import type { CommandContext } from './command.ts';

/** A flag that says which topic is meant. */
export interface TopicFlag {
  readonly topic?: string;
}

/** Declares `--topic`, for commands that work on one topic. */
export function addTopicOption(command: Command): Command {
  return command.option(
    '--topic <topic>',
    'which topic, where there are several: key, name or ARN',
  );
}

/** The topology that a command works on. @throws AppError (exit 2) for one that nobody knows, or that can't be. */
export async function topologyFor({ settings }: CommandContext): Promise<Topology> {
  return topologyOf(settings);
}

/** The topology that a command works on, and the one topic of it. @throws AppError (exit 2). */
export async function topicFor(
  context: CommandContext,
  { topic }: TopicFlag,
): Promise<{ readonly topology: Topology; readonly topic: TopicSpec }> {
  const topology = await topologyFor(context);
  return { topology, topic: chooseTopic(topology, topic) };
}
