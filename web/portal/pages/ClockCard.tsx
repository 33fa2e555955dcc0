/** @jsxImportSource preact */

import type { CaseView } from '@/api/types';
import { due as dueText } from '@/kit/format';
import { Countdown, Pill } from '../parts';
import { useText } from '../text';

/** Where the case stands, whose turn it is, how long, and what silence brings. */
export function ClockCard({ view }: { view: CaseView }) {
  const { t, say, word } = useText();
  const clock = view.next.find((c) => c.due_at);
  const who = view.owner_party === 'buyer' ? t('portal.your_turn') : view.owner_party && t('portal.waits_for', { who: say(view.owner_label) || word('party', view.owner_party) });
  const isPaused = !clock && view.next.some((c) => c.blocked === 'paused');
  const rule = clock?.rule ? view.rules[clock.rule] : undefined;
  return (
    <section id="state" tabIndex={-1} aria-label={say(view.state_label)} class={`card clock${view.owner_party === 'buyer' && !view.is_closed ? ' mine' : ''}`}>
      <p class="line"><strong class="state">{say(view.state_label)}</strong><span class="grow" />{view.is_closed ? <Pill label={view.kind_label} /> : who && <span class="pill">{who}</span>}</p>
      {view.is_closed && <p class="muted">{t('portal.ended')}</p>}
      {isPaused && <p class="muted">{t('portal.paused')}</p>}
      {clock?.due_at && (
        <>
          <p class="line"><Countdown due={clock.due_at} isBig /><span class="grow" /><small class="muted num">{t('portal.due', { at: dueText(Date.parse(clock.due_at)) })}</small></p>
          <p><span class="muted">{t('portal.at_zero')}</span> <strong>{say(clock.label)}</strong> <span class="muted">{say(clock.consequence)}</span></p>
          {rule && <details><summary>{t('portal.rule', { id: clock.rule ?? '' })}</summary><p>{say(rule)}</p><small class="muted">{rule.source} {rule.source_date}</small></details>}
        </>
      )}
    </section>
  );
}
