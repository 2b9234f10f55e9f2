import type { LanguageStarter } from './language.ts';
import { python } from './python.ts';
import { ruby } from './ruby.ts';
import type { Language } from './starter.ts';
import { ts } from './typescript.ts';

/** The languages, by name. */
export const LANGUAGE_STARTERS: Readonly<Record<Language, LanguageStarter>> = { ts, python, ruby };
