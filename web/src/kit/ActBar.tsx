/** What may be done with a case now: every act says where it leads, a closed one says why. The server decides all of it. */

import { App, Button } from 'antd';
import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import * as calls from '@/api/calls';
import type { Problem } from '@/api/problem';
import type { Act, CaseView, FormField } from '@/api/types';
import { Cite } from './Cite';
import { Dialog } from './Dialog';
import { FormFields, type FormContext } from './FormFields';
import type { Drafts } from './formInput';
import { useText } from './text';
import { useForm } from './useForm';

type BarProps = {
  view: CaseView;
  context: FormContext;
  /** An act that the page offers in its own way. */
  without?: string;
};

export function ActBar({ view, context, without }: BarProps) {
  const { t, say } = useText();
  const [chosen, setChosen] = useState<Act | null>(null);
  const acts = view.acts.filter((act) => act.event !== without);
  if (acts.length === 0) return <p className="muted">{t('kit.no_acts')}</p>;
  // Where the page has a way of its own for one, none of the others is the usual one.
  const first = without === undefined ? acts.find((act) => act.enabled) : undefined;
  return (
    <ul className="acts">
      {acts.map((act) => (
        <li key={act.event}>
          <Button type={act === first ? 'primary' : 'default'} disabled={!act.enabled} aria-describedby={`why-${act.event}`} onClick={() => setChosen(act)}>
            {say(act.label)}
          </Button>
          <div id={`why-${act.event}`} className="act-about">
            <span>{say(act.consequence)} <Cite id={act.rule} rules={view.rules} /></span>
            {!act.enabled && act.why_not && <span className="why-not">{t('kit.disabled_because', { why: act.why_not.text })}</span>}
          </div>
        </li>
      ))}
      {chosen && <ActDialog act={chosen} view={view} context={context} onClose={() => setChosen(null)} />}
    </ul>
  );
}

type DialogProps = { act: Act; view: CaseView; context: FormContext; initial?: Drafts; onClose: () => void };

const NOTE: FormField = { name: 'note', kind: 'text', is_required: false };

export function ActDialog({ act, view, context, initial, onClose }: DialogProps) {
  const { t, say } = useText();
  const { message } = App.useApp();
  const queries = useQueryClient();
  // The act was chosen in this state; a newer version of the case must not slip in while somebody types.
  const [seen, setSeen] = useState(view);
  const hasOwnNote = act.form.some((f) => f.name === 'note');
  const form = hasOwnNote ? act.form : [...act.form, NOTE];
  const send = async (given: Record<string, unknown>) => {
    const { note, ...rest } = given;
    const input = hasOwnNote ? given : rest;
    const answer = await calls.act(view.id, {
      event: act.event,
      version: seen.version,
      ...(act.form.length > 0 ? { input } : {}),
      ...(!hasOwnNote && typeof note === 'string' ? { note } : {}),
    });
    queries.setQueryData(['case', view.id], answer);
    void queries.invalidateQueries();
    void message.success(t('kit.done_act', { act: say(act.label) }));
    onClose();
  };
  /** A conflict shows what changed, not a code. */
  const onProblem = async (problem: Problem) => {
    if (!problem.isConflict) return null;
    const now = await calls.caseView(view.id).catch(() => null);
    if (now === null || now.version === seen.version) return null;
    const before = say(seen.state_label);
    setSeen(now);
    queries.setQueryData(['case', view.id], now);
    void queries.invalidateQueries({ queryKey: ['order'] });
    if (now.state === seen.state) return t('kit.conflict_same');
    return t('kit.conflict', { before, after: say(now.state_label) });
  };
  const { drafts, setDrafts, errors, failure, isSending, submit } = useForm({ form, initial, send, onProblem });
  const isGone = !seen.acts.some((a) => a.event === act.event && a.enabled);
  return (
    <Dialog title={say(act.label)} ok={{ text: say(act.label), onOk: () => void submit(), isSending, isDisabled: isGone }} onClose={onClose}>
      {(say(act.consequence) || act.rule) && <p className="consequence">{say(act.consequence)} <Cite id={act.rule} rules={view.rules} /></p>}
      {failure && <p className="form-failure" role="alert">{failure}</p>}
      <FormFields prefix={`act-${act.event}`} form={form} drafts={drafts} errors={errors} context={context} onChange={setDrafts} />
    </Dialog>
  );
}
