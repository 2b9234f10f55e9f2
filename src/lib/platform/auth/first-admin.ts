import type { Database } from '../../database/database.ts';
import { usageError } from '../../rules/errors.ts';
import { addAccount, findByEmail } from './account-store.ts';
import type { PasswordChecks } from './password-checks.ts';
import { registration } from './schemas.ts';

const NAME = 'Administrator';

/**
 * Adds the account that gives others their roles.
 * @returns whether it was added: there is one of this address otherwise, which stays as it is
 * @throws AppError `InvalidAdmin` (exit 2)
 */
export async function addFirstAdmin(
  { database, passwords }: { readonly database: Database; readonly passwords: PasswordChecks },
  email: string,
  password: string,
): Promise<boolean> {
  const { data: account, error } = registration.safeParse({ email, password, name: NAME });
  if (account === undefined) {
    const wrong = error?.issues[0];
    const variable = wrong?.path[0] === 'email' ? 'ADMIN_EMAIL' : 'ADMIN_PASSWORD';
    throw usageError(
      `${variable} ${wrong?.message}.`,
      `Set ${variable}, or neither ADMIN_EMAIL nor ADMIN_PASSWORD.`,
      'InvalidAdmin',
    );
  }
  // It costs a third of a second; nearly always the account is there.
  if (await findByEmail(database, account.email)) return false;
  const passwordHash = await passwords.hash(account.password);
  const added = await database.transaction((tx) =>
    addAccount(
      tx,
      { email: account.email, name: NAME, passwordHash, roles: ['admin', 'user'] },
      undefined,
    ),
  );
  return added !== undefined;
}
