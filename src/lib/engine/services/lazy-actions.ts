import type { Action } from '../action.ts';

type Actions = Readonly<Record<string, Action>>;

/** Actions of a service that most engines never see, which are loaded with the first call. @param operations by name. */
export function lazyActions(
  operations: Readonly<Record<string, unknown>>,
  load: () => Promise<Actions>,
): Actions {
  const names = Object.keys(operations);
  return Object.fromEntries(
    names.map((name) => [
      name,
      async (...call: Parameters<Action>) => {
        const { [name]: action } = await load();
        if (action === undefined) throw new Error(`There is no action ${name}`);
        return await action(...call);
      },
    ]),
  );
}
