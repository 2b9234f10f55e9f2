import { invalid } from '../errors.ts';

/**
 * Orders names so that each comes after those that it depends on, and otherwise as they were given.
 *
 * @param dependencies of a name; those that aren't among the names don't count.
 * @throws ServiceError `ValidationError` for a circle
 */
export function inOrder(
  names: readonly string[],
  dependencies: (name: string) => readonly string[],
): string[] {
  const waiting = new Map(
    names.map((name) => [name, new Set(dependencies(name).filter((each) => names.includes(each)))]),
  );
  const order: string[] = [];
  while (waiting.size > 0) {
    const next = [...waiting].find(([, missing]) => missing.size === 0)?.[0];
    if (next === undefined) {
      throw invalid(`Circular dependency between resources: [${circle(waiting).join(', ')}]`);
    }
    waiting.delete(next);
    for (const missing of waiting.values()) missing.delete(next);
    order.push(next);
  }
  return order;
}

/** Those that are part of a circle, without what only waits for one. */
function circle(waiting: ReadonlyMap<string, ReadonlySet<string>>): string[] {
  const isPart = (start: string): boolean => {
    const seen = new Set<string>();
    const open = [...(waiting.get(start) ?? [])];
    for (let name = open.pop(); name !== undefined; name = open.pop()) {
      if (name === start) return true;
      if (seen.has(name)) continue;
      seen.add(name);
      open.push(...(waiting.get(name) ?? []));
    }
    return false;
  };
  return [...waiting.keys()].filter(isPart);
}
