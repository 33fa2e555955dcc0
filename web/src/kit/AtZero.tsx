import type { NextStep, Rule } from '@/api/types';
import { Cite } from './Cite';
import { useText } from './text';

type Props = { next: NextStep; rules?: Record<string, Rule>; caseId?: string; isShort?: boolean; isOneLine?: boolean };

/** What happens by itself when the clock reaches zero, and the rule that says so. */
export function AtZero({ next, rules, caseId, isShort = false, isOneLine = false }: Props) {
  const { say } = useText();
  const consequence = say(next.consequence);
  return (
    <span className={`at-zero${isOneLine ? ' one-line' : ''}`}>
      <strong title={isShort ? consequence : undefined}>{say(next.label)}</strong>
      {!isShort && consequence && <span className="muted" title={isOneLine ? consequence : undefined}>{consequence}</span>}
      <Cite id={next.rule} rules={next.rule && next.cited ? { [next.rule]: next.cited } : rules} caseId={caseId} />
    </span>
  );
}
