import { resolve } from 'node:path';
import type { Topology } from '../../lib/definition/topology.ts';
import type { CommandContext } from '../command.ts';

/** What a file says of itself that describes what others made, and once it is ours. */
export const DESCRIBED =
  'Described by pubsub adopt. It is not ours: setup shows what differs, cleanup refuses.';
export const TAGGED = 'Described by pubsub adopt, and tagged as yours.';

/**
 * Writes a topology's file, and never over another one.
 * @param output where to; `-` for stdout, `pubsub.yaml` of the working folder unless given.
 * @returns its path; null where it went to stdout. @throws AppError `FileExists`, or what the file system says.
 */
export async function writeFile(
  { io, printer, settings }: CommandContext,
  topology: Topology,
  output: string | undefined,
): Promise<string | null> {
  const { topologyText, writeTopologyFile } = await import('../../lib/config/save-topology.ts');
  const about = topology.managed ? TAGGED : DESCRIBED;
  const text = topologyText(topology, [about], { isPrefixed: settings.prefix !== '' });
  if (output === '-') {
    if (!printer.json) for (const line of text.trimEnd().split('\n')) printer.text(line);
    return null;
  }
  const path = resolve(io.cwd, output ?? 'pubsub.yaml');
  writeTopologyFile(path, text, {
    elsewhere: 'Write it elsewhere with: -o payments.yaml, or show it with: -o -',
  });
  return path;
}
