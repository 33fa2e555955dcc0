/** Texts for components: keys, server labels, and words for codes. */

import i18next, { type TFunction } from 'i18next';
import { useSyncExternalStore } from 'react';
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

const byLang = new Map<string, Texts>();

function textsNow(): Texts {
  const lang = i18next.language as Lang;
  const known = byLang.get(lang);
  if (known) return known;
  const t: T = i18next.getFixedT(lang);
  const texts: Texts = { t, lang, say: (label) => pick(label, lang), word: (group, code) => wordOf(t, group, code) };
  byLang.set(lang, texts);
  return texts;
}

function onLanguage(listener: () => void): () => void {
  i18next.on('languageChanged', listener);
  return () => i18next.off('languageChanged', listener);
}

/** The texts of the language chosen now; one object a language, for every cell of a list asks. */
export function useText(): Texts {
  return useSyncExternalStore(onLanguage, textsNow);
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
