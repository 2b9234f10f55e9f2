import { domainToASCII } from 'node:url';

/** Characters of an address at the most (RFC 5321, 4.5.3.1.3, without its angle brackets), and of its local part. */
const MOST = { address: 254, local: 64 };

/** Visible characters but those that an address may have in quotes only, which nobody's has. */
const LOCAL = /^(?!\.)(?!.*\.\.)[^\s\p{C}"(),:;<>@[\\\]]+(?<!\.)$/u;
const DOMAIN = /^(?=.{1,253}$)(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z][a-z0-9-]*[a-z0-9]$/;

/**
 * One writing for all that mean the same mailbox: no blanks around it, one form of Unicode, small letters, and the
 * domain as DNS has it. Dots and `+…` stay: only some providers ignore them.
 * @returns undefined for what isn't an address
 */
export function normalEmail(text: string): string | undefined {
  if (text.length > 2 * MOST.address) return undefined;
  const address = text.trim().normalize('NFKC').toLowerCase();
  const at = address.lastIndexOf('@');
  const local = address.slice(0, at);
  const domain = domainToASCII(address.slice(at + 1));
  if (at < 1 || local.length > MOST.local || !LOCAL.test(local) || !DOMAIN.test(domain))
    return undefined;
  const normal = `${local}@${domain}`;
  return normal.length > MOST.address ? undefined : normal;
}
