/** A rule by its id: its text on hover or focus, all about it in a drawer. */

import { Popover } from 'antd';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import * as calls from '@/api/calls';
import type { Rule } from '@/api/types';
import { Dialog } from './Dialog';
import { Loaded } from './PageState';
import { useText } from './text';

type Props = {
  id: string | null | undefined;
  /** Texts at hand; without them the case is asked when somebody looks. */
  rules?: Record<string, Rule>;
  caseId?: string;
};

export function Cite({ id, rules, caseId }: Props) {
  const [isOpen, setOpen] = useState(false);
  const { t } = useText();
  if (!id) return null;
  const about = <RuleText id={id} rule={rules?.[id]} caseId={caseId} />;
  return (
    <>
      <Popover content={() => about} trigger={['hover', 'focus']} styles={{ root: { maxWidth: 420 } }}>
        <button type="button" className="cite" aria-label={`${t('kit.rule')} ${id}`} data-own onClick={() => setOpen(true)}>{id}</button>
      </Popover>
      {isOpen && <Dialog shape="drawer" title={`${t('kit.rule')} ${id}`} onClose={() => setOpen(false)}>{about}</Dialog>}
    </>
  );
}

function RuleText({ id, rule, caseId }: { id: string; rule?: Rule; caseId?: string }) {
  const query = useQuery({
    queryKey: ['case', caseId],
    queryFn: () => calls.caseView(caseId ?? ''),
    enabled: rule === undefined && caseId !== undefined,
    staleTime: 60_000,
  });
  const { t } = useText();
  if (rule) return <RuleBody rule={rule} />;
  if (caseId === undefined) return <p>{t('kit.rule_missing')}</p>;
  return (
    <Loaded query={query} rows={2}>
      {(view) => {
        const found = view.rules[id];
        return found ? <RuleBody rule={found} /> : <p>{t('kit.rule_missing')}</p>;
      }}
    </Loaded>
  );
}

export function RuleBody({ rule }: { rule: Rule }) {
  const { t, say } = useText();
  return (
    <div className="rule-text">
      <p>{say(rule)}</p>
      <small>
        {t('kit.rule_source')} {rule.source}{rule.source_date ? ` (${rule.source_date})` : ''} · {t('kit.rule_certainty', { mark: rule.certainty })} · {rule.pack}
      </small>
    </div>
  );
}
