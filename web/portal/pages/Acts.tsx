/** @jsxImportSource preact */

import { useEffect, useRef, useState } from 'preact/hooks';
import * as calls from '@/api/calls';
import { fieldOf, problemOf } from '@/api/problem';
import type { Act, CaseView, FormField } from '@/api/types';
import { readForm, type Drafts } from '@/kit/formInput';
import { Card } from '../parts';
import { Fields, faultText, type Context } from '../Fields';
import { problemText, useText } from '../text';

type Props = { view: CaseView; context: Context; onDone: (view: CaseView, why?: string) => void };

/** What the buyer may do now; an act opens in place, says where it leads and asks for what it needs. */
export function Acts({ view, context, onDone }: Props) {
  const { t, say } = useText();
  const [open, setOpen] = useState<string | null>(null);
  const [notice, setNotice] = useState('');
  // The form takes the place of its button; cancelled, the button is there again and has the focus.
  const close = () => {
    const button = `[data-act="${open}"]`;
    setOpen(null);
    requestAnimationFrame(() => document.querySelector<HTMLElement>(button)?.focus());
  };
  const done = (now: CaseView, why = '') => {
    setOpen(null);
    setNotice(why);
    onDone(now);
    requestAnimationFrame(() => document.getElementById('state')?.focus());
  };
  if (view.acts.length === 0 && !notice) return null;
  return (
    <Card title={t('portal.acts')}>
      {notice && <p class="failure" role="alert">{notice}</p>}
      <ul class="rows acts">
        {view.acts.map((act) => (
          <li key={act.event}>
            {open === act.event
              ? <ActForm act={act} view={view} context={context} onDone={done} onCancel={close} />
              : (
                <>
                  <button type="button" class="wide" data-act={act.event} disabled={!act.enabled} aria-describedby={`why-${act.event}`} onClick={() => setOpen(act.event)}>{say(act.label)}</button>
                  <small id={`why-${act.event}`} class="muted block">{act.enabled || !act.why_not ? say(act.consequence) : t('portal.why_not', { why: act.why_not.text })}</small>
                </>
              )}
          </li>
        ))}
      </ul>
    </Card>
  );
}

const NOTE: FormField = { name: 'note', kind: 'text', is_required: false };

function ActForm({ act, view, context, onDone, onCancel }: Props & { act: Act; onCancel: () => void }) {
  const { t, say } = useText();
  const [drafts, setDrafts] = useState<Drafts>({});
  const [errors, setErrors] = useState<Record<string, string>>({});
  const [failure, setFailure] = useState('');
  const [isSending, setSending] = useState(false);
  const hasNote = act.form.some((f) => f.name === 'note');
  const form = hasNote ? act.form : [...act.form, NOTE];
  const refused = async (error: unknown) => {
    const problem = problemOf(error);
    const field = fieldOf(problem, form.map((f) => f.name));
    if (field) setErrors({ [field]: problemText(problem) });
    else setFailure(problemText(problem));
    if (!problem.isConflict) return;
    const now = await calls.caseView(view.id).catch(() => null);
    if (now && now.version !== view.version) onDone(now, t('portal.conflict'));
  };
  const submit = async (event: Event) => {
    event.preventDefault();
    const { input, faults } = readForm(form, drafts);
    setFailure('');
    setErrors(Object.fromEntries(Object.entries(faults).map(([name, fault]) => [name, faultText(fault, name)])));
    if (Object.keys(faults).length > 0) return;
    const { note, ...rest } = input;
    setSending(true);
    await calls.act(view.id, {
      event: act.event,
      version: view.version,
      ...(act.form.length > 0 ? { input: hasNote ? input : rest } : {}),
      ...(!hasNote && typeof note === 'string' ? { note } : {}),
    }).then(onDone, refused);
    setSending(false);
  };
  const box = useRef<HTMLFormElement>(null);
  useEffect(() => box.current?.querySelector<HTMLElement>('input, select, textarea, button')?.focus(), []);
  return (
    <form ref={box} class="act-form" onSubmit={(event) => void submit(event)} onKeyDown={(event) => event.key === 'Escape' && !event.isComposing && onCancel()}>
      <h3>{say(act.label)}</h3>
      <p class="muted">{say(act.consequence)}</p>
      <Fields form={form} drafts={drafts} errors={errors} context={context} onChange={setDrafts} />
      {failure && <p class="failure" role="alert">{failure}</p>}
      <div class="line">
        <button type="button" onClick={onCancel}>{t('portal.cancel')}</button>
        <button type="submit" class="primary grow" disabled={isSending}>{say(act.label)}</button>
      </div>
    </form>
  );
}
