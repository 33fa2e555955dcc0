import type { Replay } from '@/api/types';
import { useText } from '@/kit/text';

export const isOpen = (replay: Replay) => replay.state === 'waiting' || replay.state === 'running';

/** How far a replay is, in words and as a bar. */
export function Progress({ replay }: { replay: Replay }) {
  const { t, word } = useText();
  if (replay.state !== 'running') {
    return <span>{word('replay', replay.state)}{replay.problem ? ` (${replay.problem})` : ''}</span>;
  }
  const all = Math.max(1, replay.families_all);
  return (
    <span className="line">
      <progress value={replay.families_done} max={all} aria-label={t('replays.progress')} />
      <span className="num">{replay.families_done} / {replay.families_all}</span>
    </span>
  );
}
