/** What a resource of a SAM template is refused with; the transform tells of all of them. */
export class SamError extends Error {
  override name = 'SamError';
}
