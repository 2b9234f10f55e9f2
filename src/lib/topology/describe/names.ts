/**
 * Makes short names of the names of queues and topics, each once.
 * @param taken names that are given already. @param topology whose queues' names begin with its own, where it is known.
 */
export function createNames(
  topology: string | undefined,
  taken: ReadonlySet<string> = new Set(['all']),
): (resource: string) => string {
  const given = new Set(taken);
  return (resource) => {
    const short = shortName(resource, topology);
    const candidates = [short, wordsOf(resource)];
    const free = candidates.find((each) => each !== '' && !given.has(each));
    let name = free ?? `${short || 'queue'}-2`;
    for (let count = 3; given.has(name); count++) name = `${short || 'queue'}-${count}`;
    given.add(name);
    return name;
  };
}

/** A queue's name without what every queue's has: the topology before, and `queue` behind. */
function shortName(resource: string, topology: string | undefined): string {
  const words = wordsOf(resource);
  // A prefix may stand before the topology's name.
  const [, behind = words] =
    topology === undefined
      ? []
      : (new RegExp(`(?:^|-)${topology.replace(/\W/g, '\\$&')}-(.+)$`).exec(words) ?? []);
  return behind.replace(/[-_](?:service[-_])?queue$/i, '') || behind;
}

/** As a subscriber may be called: letters and digits first. */
function wordsOf(resource: string): string {
  return resource.replace(/\.fifo$/, '').replace(/^[^A-Za-z0-9]+/, '');
}
