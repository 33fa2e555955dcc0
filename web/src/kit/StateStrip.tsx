import type { CaseView, Label } from '@/api/types';
import { useText } from './text';

/** States the case went through, in order, each once for every visit in a row; then where it is. */
export function visited(view: Pick<CaseView, 'steps' | 'state'>): string[] {
  const names: string[] = [];
  for (const step of view.steps) {
    if (names.length === 0 && step.from_state) names.push(step.from_state);
    if (names.at(-1) !== step.to_state) names.push(step.to_state);
  }
  if (names.at(-1) !== view.state) names.push(view.state);
  return names;
}

/** Most states shown; a long story keeps its end. */
const SHOWN_MAX = 6;

/** Where the case came from, where it is, and (dashed) where silence takes it. */
export function StateStrip({ view }: { view: CaseView }) {
  const { say } = useText();
  const names = visited(view);
  const state = (name: string): Label => view.states[name] ?? { zh: name, en: name };
  const next = view.next.find((clock) => clock.to && clock.to !== view.state);
  const shown = names.slice(-SHOWN_MAX);
  return (
    <ol className="strip">
      {names.length > shown.length && <li className="been" aria-hidden>…</li>}
      {shown.map((name, i) => {
        const isNow = i === shown.length - 1;
        return <li key={i} className={isNow ? 'now' : 'been'} aria-current={isNow ? 'step' : undefined}>{say(state(name))}</li>;
      })}
      {next?.to && <li className="ahead">{say(next.to_label ?? state(next.to))}</li>}
    </ol>
  );
}
