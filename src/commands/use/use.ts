import type { Command } from 'commander';
import { isBrokerUrl } from '../../lib/config/broker.ts';
import { readUserFile, writeUserFile } from '../../lib/config/files.ts';
import { SAVED_KEYS, type SavedSettings } from '../../lib/config/saved-settings.ts';
import { refuseStoredPassword, resolveSettings } from '../../lib/config/settings.ts';
import { topologyOf } from '../../lib/config/topology.ts';
import { usageError } from '../../lib/rules/errors.ts';
import { addExamples, globalFlags, type Runner } from '../command.ts';

/** `pubsub use [target]`: shows or saves the defaults of later commands. Calls nobody. */
export function define(command: Command, run: Runner): void {
  addExamples(
    command,
    [
      'pubsub use',
      'pubsub use aws --region eu-west-1 --profile staging',
      'pubsub use http://localhost:4566',
      'pubsub use --reset',
    ],
    'pubsub whoami',
  )
    .argument('[target]', 'local, aws, rabbitmq, or the URL of an endpoint')
    .option('--reset', 'forget all saved defaults')
    .action((target: string | undefined, options: { reset?: boolean }) =>
      run(command, async ({ io, printer, settings }) => {
        const { path, ...saved } = await readUserFile(settings.configDir);
        const given = givenDefaults(command, target);
        const changes = options.reset || Object.keys(given).length > 0;
        const next = merge(options.reset ? {} : saved, given);
        if (changes) {
          // What can't be used is refused before it is saved.
          if (next.target) refuseStoredPassword(next.target, path);
          const { RABBITMQ_URL } = io.env;
          const checked = await resolveSettings(next, { RABBITMQ_URL }, io.cwd);
          await topologyOf(checked);
          await writeUserFile(settings.configDir, next);
          printer.note(`Saved in ${path}`);
        }
        printer.document({ path, defaults: next });
        const rows = SAVED_KEYS.filter((key) => next[key] !== undefined);
        for (const key of rows) {
          printer.text(`${printer.style.dim(key.padEnd(12))} ${next[key]}`);
        }
        if (rows.length === 0) {
          printer.text('No saved defaults: commands use the local engine. Try: pubsub use aws');
        }
        return undefined;
      }),
    );
}

function givenDefaults(command: Command, word: string | undefined): SavedSettings {
  const flags = globalFlags(command);
  // The URL of a broker is a target, one of AWS's kind an endpoint.
  const isUrl = (word?.includes('://') ?? false) && !isBrokerUrl(word ?? '');
  // Settings take an empty target for none.
  if (word === '') {
    throw usageError(
      'Unknown target "".',
      'Such as: pubsub use local, pubsub use aws or pubsub use http://localhost:4566',
      'UnknownTarget',
    );
  }
  const target = isUrl ? undefined : (word ?? flags.target);
  const endpointUrl = isUrl ? word : flags.endpointUrl;
  const { region, profile, topology, prefix } = flags;
  return Object.fromEntries(
    Object.entries({ target, endpointUrl, region, profile, topology, prefix }).filter(
      ([, value]) => value !== undefined,
    ),
  );
}

/** A named target and an endpoint exclude each other: the one given last wins. */
function merge(saved: SavedSettings, given: SavedSettings): SavedSettings {
  const next = { ...saved, ...given };
  if (given.target !== undefined) delete next.endpointUrl;
  if (given.endpointUrl !== undefined) delete next.target;
  return next;
}
