import { ServiceError } from '../../errors.ts';
import { listPage } from '../list-page.ts';
import { invalid } from './errors.ts';

/** One page of a list, with the members that tell whether more follows. */
export interface Page<Item> {
  readonly items: readonly Item[];
  readonly Truncated: boolean;
  readonly NextMarker?: string;
}

const MAX_LIMIT = 1000;

/**
 * The page that `Marker` leads to. `usual` is the page's size unless asked otherwise.
 *
 * @throws ServiceError `ValidationException`, `InvalidMarkerException`
 */
export function pageOf<Item>(
  all: readonly Item[],
  request: {
    readonly Limit?: number | undefined;
    readonly Marker?: string | undefined;
    readonly usual?: number;
  },
): Page<Item> {
  const { Limit: limit = request.usual ?? 100, Marker: marker } = request;
  if (limit < 1 || limit > MAX_LIMIT) throw invalid(`Limit must be between 1 and ${MAX_LIMIT}`);
  const { items, next } = listPage(
    all,
    limit,
    marker,
    () => new ServiceError('InvalidMarkerException', 'Could not deserialize marker.'),
  );
  if (next === undefined) return { items, Truncated: false };
  return { items, Truncated: true, NextMarker: next };
}
