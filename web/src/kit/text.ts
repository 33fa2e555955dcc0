/** Texts for components: keys, server labels, and words for codes. */

import { useTranslation } from 'react-i18next';
import type { TFunction } from 'i18next';
import { isOwn, UNREACHABLE, type Problem } from '@/api/problem';
import { pick, type Lang } from '@/i18n';
import type { Label } from '@/api/types';

export type T = TFunction;
export type Texts = {
  t: T;
  lang: Lang;
  /** A label of the server in the reader's language. */
  say: (label: Label | null | undefined) => string;
  /** The word for a code, e.g. `word('reason', 'late')`; the code itself when we have none. */
  word: (group: string, code: string | null | undefined) => string;
};

export function useText(): Texts {
  const { t, i18n } = useTranslation();
  const lang = i18n.language as Lang;
  return { t, lang, say: (label) => pick(label, lang), word: (group, code) => wordOf(t, group, code) };
}

export function wordOf(t: T, group: string, code: string | null | undefined): string {
  if (!code) return '';
  return String((t as unknown as (key: string, options: object) => string)(`words.${group}_${code}`, { defaultValue: code }));
}

/** What to tell about a problem: the server's own sentence, or ours when it never answered. */
export function problemText(t: T, problem: Problem): string {
  if (!isOwn(problem)) return problem.message;
  return problem.code === UNREACHABLE ? t('kit.problem_unreachable') : t('kit.problem_unreadable');
}
