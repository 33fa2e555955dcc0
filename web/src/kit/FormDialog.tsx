import { App } from 'antd';
import { useQueryClient } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import type { CaseView, FormField } from '@/api/types';
import { Dialog } from './Dialog';
import { FormFields, type FormContext } from './FormFields';
import type { Drafts } from './formInput';
import { useText } from './text';
import { useForm } from './useForm';

type Props = {
  name: string;
  title: string;
  hint?: string;
  form: FormField[];
  initial?: Drafts;
  context?: FormContext;
  send: (input: Record<string, unknown>) => Promise<CaseView>;
  onClose: () => void;
  children?: ReactNode;
};

/** A small form about a case that changes no state: its answer is the case as it is then. */
export function FormDialog({ name, title, hint, form, initial, context = {}, send, onClose, children }: Props) {
  const { t } = useText();
  const { message } = App.useApp();
  const queries = useQueryClient();
  const { drafts, setDrafts, errors, failure, isSending, submit } = useForm({
    form,
    initial,
    send: async (input) => {
      const view = await send(input);
      queries.setQueryData(['case', view.id], view);
      void message.success(t('kit.done_act', { act: title }));
      onClose();
    },
  });
  return (
    <Dialog title={title} ok={{ text: t('kit.confirm'), onOk: () => void submit(), isSending }} onClose={onClose}>
      {hint && <p className="muted">{hint}</p>}
      {failure && <p className="form-failure" role="alert">{failure}</p>}
      {children}
      <FormFields prefix={name} form={form} drafts={drafts} errors={errors} context={context} onChange={setDrafts} />
    </Dialog>
  );
}
