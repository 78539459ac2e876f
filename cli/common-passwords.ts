/**
 * The fifty thousand passwords that turn up most often in breaches. The Worker knows only the two thousand commonest of
 * them: `commonestPasswords`.
 *
 * @module
 */
import { dictionary } from '@zxcvbn-ts/language-common';

export const COMMON_PASSWORDS: ReadonlySet<string> = new Set(dictionary['passwords-common']);
