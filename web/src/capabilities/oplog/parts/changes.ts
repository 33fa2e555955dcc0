/** What changed, as one line of a list and word by word. Pure. */

import type { Change, Operation, Word } from '@/api/oplogTypes';
import { instant } from '@/kit/format';
import type { Texts } from '@/kit/text';

/** Instants come as the record has them. */
const INSTANT = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$/;

export function wordText({ say }: Pick<Texts, 'say'>, word: Word): string {
  const text = say(word.label) || word.word;
  return INSTANT.test(text) ? instant(Date.parse(text)) : text;
}

/** `Role: Merchant → Warehouse; …` of the fields that are others now. */
export function brief(texts: Pick<Texts, 'say'>, row: Operation): string {
  const side = (words: Word[]) => (words.length > 2 ? `${words.length}` : words.map((word) => wordText(texts, word)).join(', ')) || '–';
  const changed = row.changes.filter((change) => change.is_changed);
  // A denial changed nothing: what was lacking is what one wants to know.
  const lacking = row.facts.filter((fact) => fact.field === 'permission').map((fact) => `${texts.say(fact.label)} ${side(fact.words)}`);
  return [...lacking, ...changed.map((change) => `${texts.say(change.label)} ${side(change.before)} → ${side(change.after)}`)].join(' · ');
}

export type Marked = { word: Word; isOther: boolean };

/** The words of either side, those marked that the other side lacks. */
export function sides(change: Change): [Marked[], Marked[]] {
  const mark = (own: Word[], other: Word[]): Marked[] => {
    const known = new Set(other.map((one) => one.word));
    return own.map((word) => ({ word, isOther: !known.has(word.word) }));
  };
  return [mark(change.before, change.after), mark(change.after, change.before)];
}
