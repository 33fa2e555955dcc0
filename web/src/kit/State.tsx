import type { Label } from '@/api/types';
import { useText } from './text';

/** The state of a case as a quiet pill. Ended cases are paler; the word says the rest. */
export function State({ label, isEnded = false }: { label: Label; isEnded?: boolean }) {
  const { say } = useText();
  return <span className={`pill${isEnded ? ' ended' : ''}`} title={say(label)}>{say(label)}</span>;
}
