/**
 * Headers of every answer. Nothing is loaded from elsewhere, no inline script or style runs, nobody frames the page, no
 * type is guessed, nothing is kept in a cache, and no other page learns where it is.
 * @see https://www.w3.org/TR/CSP3/
 */
export const SECURITY_HEADERS = {
  'Content-Security-Policy':
    "default-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; object-src 'none'",
  'X-Content-Type-Options': 'nosniff',
  'X-Frame-Options': 'DENY',
  'Referrer-Policy': 'no-referrer',
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Resource-Policy': 'same-origin',
  'Cache-Control': 'no-store',
} as const;
