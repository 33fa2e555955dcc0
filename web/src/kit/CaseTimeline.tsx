import type { CaseView, Label, Step } from '@/api/types';
import { At } from './At';
import { Cite } from './Cite';
import { Empty } from './PageState';
import { useText } from './text';

/** A minute: a record that came later than this after the fact says so. */
const LATE_MS = 60_000;

/** The history, newest first: who did what when, where it led, by which rule. */
export function CaseTimeline({ view }: { view: CaseView }) {
  const { t } = useText();
  if (view.steps.length === 0) return <Empty title={t('kit.timeline_empty')} />;
  return (
    <ol className="timeline">
      {[...view.steps].reverse().map((step) => <Entry key={step.seq} step={step} view={view} />)}
    </ol>
  );
}

function Entry({ step, view }: { step: Step; view: CaseView }) {
  const { t, say, word } = useText();
  const state = (name: string): Label => view.states[name] ?? { zh: name, en: name };
  const hasMoved = step.from_state !== step.to_state;
  const isLate = Date.parse(step.recorded_at) - Date.parse(step.at) > LATE_MS;
  return (
    <li data-party={step.party}>
      <At at={step.at} seconds />
      <div>
        <strong>{say(step.label) || word('event', step.event)}</strong>
        <span className="who">{word('party', step.party)}{step.actor_name ? ` · ${step.actor_name}` : ''}</span>
        {hasMoved && <span className="move">→ {say(state(step.to_state))}</span>}
        <Cite id={step.rule} rules={view.rules} />
        {isLate && <small className="muted">{t('kit.recorded_later', { at: '' })}<At at={step.recorded_at} /></small>}
        {step.note && <p className="note">{step.note}</p>}
      </div>
    </li>
  );
}
