/** An SDK client as far as its owner needs it. */
interface Client {
  readonly middlewareStack: unknown;
  destroy(): void;
}

/** Makes clients when they are first asked for, and closes those that were made. */
export interface LaterClients {
  /** @param make loads the SDK and builds the client. @returns what gives the one client, from then on. */
  <C extends Client>(make: () => Promise<C>): () => Promise<C>;
  close(): void;
}

/** @param onMade told of each client before its first call. */
export function createLaterClients(onMade: (client: Client) => void): LaterClients {
  const made: Promise<Client>[] = [];
  const later = <C extends Client>(make: () => Promise<C>): (() => Promise<C>) => {
    let client: Promise<C> | undefined;
    return () => {
      if (client === undefined) {
        client = make().then((each) => {
          onMade(each);
          return each;
        });
        made.push(client);
      }
      return client;
    };
  };
  return Object.assign(later, {
    close() {
      for (const each of made) {
        void each.then(
          (client) => client.destroy(),
          () => undefined,
        );
      }
    },
  });
}
