import { useCallback, useEffect, useState } from 'preact/hooks';
import { ApiError } from './api.ts';

/** What a request brought, and brings. */
export interface Resource<T> {
  /** The last answer; it stays while a newer one is awaited. */
  readonly data: T | undefined;
  readonly problem: ApiError | undefined;
  readonly loading: boolean;
  reload(): void;
}

/**
 * Reads something when it is first shown, and again when `key` changes.
 *
 * @param key names what is read; another one forgets the last answer
 * @param read the request; undefined reads nothing
 */
export function useResource<T>(key: string, read: (() => Promise<T>) | undefined): Resource<T> {
  const [state, setState] = useState<{ key: string; data?: T; problem?: ApiError }>({ key });
  const [turn, setTurn] = useState(0);
  const [loading, setLoading] = useState(true);
  // The key says when it is another request; a turn reads again.
  useEffect(() => {
    if (read === undefined) return;
    let current = true;
    setLoading(true);
    read()
      .then((data) => current && setState({ key, data }))
      .catch((error) => {
        if (!(error instanceof ApiError)) throw error;
        if (current)
          setState((last) => ({ ...(last.key === key ? last : {}), key, problem: error }));
      })
      .finally(() => current && setLoading(false));
    return () => {
      current = false;
    };
  }, [key, turn]);
  const reload = useCallback(() => setTurn((last) => last + 1), []);
  const { data, problem } = state.key === key ? state : {};
  return { data, problem, loading, reload };
}
