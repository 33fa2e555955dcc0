/** Every call the pages make, one line each; names follow docs/API.md. */

import type { BatchAsked, BatchPreview, BatchRow, BatchView, BatchWanted } from './batchTypes';
import type { CalendarListed, CalendarYear, DeadlineMoves } from './calendarTypes';
import { get, post, request, urlOf, type Query } from './http';
import type { ApiKey, MadeKey, Member, MemberChanges, NewKey, NewMember, PermissionGroup, Role } from './memberTypes';
import type { ChainCheck, OperationKinds, OperationPage } from './oplogTypes';
import type { Delivery, DeliveryView, Webhook, WebhookWithSecret } from './webhookTypes';
import type {
  Application, BadRow, CaseCourses, CaseSummary, CaseView, DemoClock, DemoParcel, ExportView, ExportWanted, FileFormat, FileKind, Finding, ImportPreview,
  ImportSource, ImportView, OpenSession, OrderListed, OrderView, PackDifferences, PackListed, Page, Person, Recipient, Remark, Replay, Rulebook, SavedView, SealKeys, SecondFactor, SecretShown, ServerTime, Session, Shop,
  StateCount, Status, TourStory, ViewList,
} from './types';
import type { ApplicantForm, Consent, VerificationListed } from './verificationTypes';

const at = (id: string) => encodeURIComponent(id);

export const session = () => get<Session>('/v1/session');
export const logIn = (login: string, password: string, code?: string) => post<Session>('/v1/session', { login, password, code });
export const logOut = () => request<void>('DELETE', '/v1/session');
export const sessions = () => get<OpenSession[]>('/v1/sessions');
export const endSession = (id: string) => request<void>('DELETE', `/v1/sessions/${at(id)}`);
export const endOtherSessions = () => request<void>('DELETE', '/v1/sessions');
export const changePassword = (body: { current: string; password: string }) => post<void>('/v1/me/password', body);
/** Password and code, asked for again. */
export type BothFactors = { current: string; code: string };
export const secondFactor = () => get<SecondFactor>('/v1/me/second-factor');
export const beginSecondFactor = (current: string) => post<SecretShown>('/v1/me/second-factor', { current });
export const confirmSecondFactor = (code: string) => post<{ recovery_codes: string[] }>('/v1/me/second-factor/confirmation', { code });
export const renewRecoveryCodes = (body: BothFactors) => post<{ recovery_codes: string[] }>('/v1/me/second-factor/recovery-codes', body);
export const removeSecondFactor = (body: BothFactors) => post<void>('/v1/me/second-factor/removal', body);
export const serverTime = () => get<ServerTime>('/v1/time');

export const board = (query: Query, signal?: AbortSignal) => get<Page<CaseSummary>>('/v1/board', query, signal);
export const orders = (query: Query, signal?: AbortSignal) => get<Page<OrderListed>>('/v1/orders', query, signal);
export const order = (id: string) => get<OrderView>(`/v1/orders/${at(id)}`);
export const changeRemark = (id: string, body: { remark: string; seen: string | null }) =>
  request<{ merchant_remark: Remark | null }>('PATCH', `/v1/orders/${at(id)}/remark`, { body });
export const reveal = (id: string) => post<{ recipient: Recipient }>(`/v1/orders/${at(id)}/reveal`);
export const states = (kind: string) => get<{ items: StateCount[] }>('/v1/states', { kind });
export const shops = () => get<Page<Shop>>('/v1/shops', { limit: 200 });

export const aftersales = (query: Query, signal?: AbortSignal) => get<Page<CaseSummary>>('/v1/aftersales', query, signal);
export const apply = (application: Application) => post<CaseView>('/v1/aftersales', application);
export const caseView = (id: string) => get<CaseView>(`/v1/cases/${at(id)}`);
export const act = (id: string, body: { event: string; version: number; input?: Record<string, unknown>; note?: string }) =>
  post<CaseView>(`/v1/cases/${at(id)}/acts`, body);
export const recordContact = (id: string, body: { channel: string; at: string; note: string }) =>
  post<CaseView>(`/v1/cases/${at(id)}/contacts`, body);
export const fileEvidence = (id: string, body: { photos: string[]; words?: string }) =>
  post<CaseView>(`/v1/cases/${at(id)}/evidence`, body);

export const upload = (raw: Blob) => request<{ sha256: string; width: number; height: number }>('POST', '/v1/uploads', { raw });
export const pictureUrl = (sha256: string) => `/v1/uploads/${at(sha256)}`;

export const agreements = () => get<{ agreements: Consent[] }>('/v1/registrations');
export const register = (body: { form: ApplicantForm; agreements: Consent[]; password: string }) => post<{ login: string }>('/v1/registrations', body);
export const verification = () => get<CaseView>('/v1/verification');
export const saveApplicant = (body: ApplicantForm) => request<CaseView>('PUT', '/v1/verification/draft', { body });
export const addPaper = (kind: string, raw: Blob) => request<CaseView>('POST', '/v1/verification/papers', { query: { kind }, raw });
export const removePaper = (id: string) => request<CaseView>('DELETE', `/v1/verification/papers/${at(id)}`);
export const paperUrl = (id: string) => `/v1/verification/papers/${at(id)}`;
export const verifications = (query: Query, signal?: AbortSignal) => get<Page<VerificationListed>>('/v1/verifications', query, signal);

export const imports = (query: Query, signal?: AbortSignal) => get<Page<ImportView>>('/v1/imports', query, signal);
export const importView = (id: string) => get<ImportView>(`/v1/imports/${at(id)}`);
export const uploadImport = (file: File) => request<ImportView>('POST', '/v1/imports', { query: { name: file.name }, raw: file });
export const importPreview = (id: string) => get<ImportPreview>(`/v1/imports/${at(id)}/preview`);
export const setImportFormat = (id: string, format: FileFormat) => post<ImportView>(`/v1/imports/${at(id)}/format`, format);
export const startImport = (id: string, body: { source: string; dry_run: boolean }) => post<ImportView>(`/v1/imports/${at(id)}/start`, body);
export const forgetImport = (id: string) => request<ImportView>('DELETE', `/v1/imports/${at(id)}`);
export const badRows = (id: string, query: Query) => get<Page<BadRow>>(`/v1/imports/${at(id)}/rows`, query);
export const badRowsUrl = (id: string) => `/v1/imports/${at(id)}/report.csv`;
export const importSources = () => get<{ items: ImportSource[] }>('/v1/import-sources');
export const putImportSource = (id: string | null, body: Omit<ImportSource, 'id'>) =>
  id === null ? post<ImportSource>('/v1/import-sources', body) : request<ImportSource>('PUT', `/v1/import-sources/${at(id)}`, { body });

export const views = (list: ViewList) => get<{ items: SavedView[] }>('/v1/views', { list });
export const addView = (body: Pick<SavedView, 'list' | 'name' | 'filters' | 'is_shared'>) => post<SavedView>('/v1/views', body);
export const changeView = (id: string, body: { version: number; name?: string; filters?: Record<string, string>; is_shared?: boolean; place?: number }) =>
  request<SavedView>('PATCH', `/v1/views/${at(id)}`, { body });
export const deleteView = (id: string, version: number) => request<void>('DELETE', `/v1/views/${at(id)}`, { query: { version } });

export const exportsOf = (query: Query, signal?: AbortSignal) => get<Page<ExportView>>('/v1/exports', query, signal);
export const askExport = (body: ExportWanted & { format: FileKind; plain: boolean }) => post<ExportView>('/v1/exports', body);
export const removeExport = (id: string) => request<ExportView>('DELETE', `/v1/exports/${at(id)}`);
export const exportUrl = (id: string) => `/v1/exports/${at(id)}/file`;

export const previewBatch = (body: { cases: string[] } | { all: BatchWanted }) => post<BatchPreview>('/v1/batches/preview', body);
export const askBatch = (body: BatchAsked) => post<BatchView>('/v1/batches', body);
export const batches = (query: Query, signal?: AbortSignal) => get<Page<BatchView>>('/v1/batches', query, signal);
export const batch = (id: string) => get<BatchView>(`/v1/batches/${at(id)}`);
export const batchRows = (id: string, query: Query, signal?: AbortSignal) => get<Page<BatchRow>>(`/v1/batches/${at(id)}/rows`, query, signal);
export const cancelBatch = (id: string) => post<BatchView>(`/v1/batches/${at(id)}/cancel`);
export const againBatch = (id: string) => post<BatchView>(`/v1/batches/${at(id)}/again`);

export const members = (query: Query, signal?: AbortSignal) => get<Page<Member>>('/v1/members', query, signal);
export const resetSecondFactor = (id: string) => post<Member>(`/v1/members/${at(id)}/second-factor/removal`);
export const addMember = (body: NewMember) => post<Member>('/v1/members', body);
export const changeMember = (id: string, body: MemberChanges) => request<Member>('PATCH', `/v1/members/${at(id)}`, { body });
export const roles = () => get<{ items: Role[] }>('/v1/roles');
export const addRole = (body: { name: string; permissions: string[] }) => post<Role>('/v1/roles', body);
export const changeRole = (id: string, body: { version: number; name: string; permissions: string[] }) =>
  request<Role>('PATCH', `/v1/roles/${at(id)}`, { body });
export const apiKeys = (query: Query, signal?: AbortSignal) => get<Page<ApiKey>>('/v1/api-keys', query, signal);
export const makeApiKey = (body: NewKey) => post<MadeKey>('/v1/api-keys', body);
export const revokeApiKey = (id: string) => request<void>('DELETE', `/v1/api-keys/${at(id)}`);
export const deleteRole = (id: string, version: number) => request<void>('DELETE', `/v1/roles/${at(id)}`, { query: { version } });
export const permissions = () => get<{ items: PermissionGroup[] }>('/v1/permissions');

export const keys = () => get<SealKeys>('/v1/keys');
export const rotateKeys = () => post<SealKeys>('/v1/keys/rotation');

export const operations = (query: Query, signal?: AbortSignal) => get<OperationPage>('/v1/operations', query, signal);
export const webhooks = () => get<Page<Webhook>>('/v1/webhooks');
export const addWebhook = (body: { url: string; kinds: string[] }) => post<WebhookWithSecret>('/v1/webhooks', body);
export const changeWebhook = (id: string, body: { version: number; url?: string; kinds?: string[]; is_enabled?: boolean }) =>
  request<Webhook>('PATCH', `/v1/webhooks/${at(id)}`, { body });
export const removeWebhook = (id: string) => request<void>('DELETE', `/v1/webhooks/${at(id)}`);
export const newWebhookSecret = (id: string) => post<WebhookWithSecret>(`/v1/webhooks/${at(id)}/secrets`);
export const pingWebhook = (id: string) => post<DeliveryView>(`/v1/webhooks/${at(id)}/ping`);
export const sendAgain = (id: string, body: { delivery: string } | { dead_since: string }) => post<{ count: number }>(`/v1/webhooks/${at(id)}/replays`, body);
export const deliveries = (id: string, query: Query, signal?: AbortSignal) => get<Page<Delivery>>(`/v1/webhooks/${at(id)}/deliveries`, query, signal);
export const delivery = (id: string, which: string) => get<DeliveryView>(`/v1/webhooks/${at(id)}/deliveries/${at(which)}`);
export const operationKinds = () => get<OperationKinds>('/v1/operations/kinds');
export const operationsUrl = ({ after: _, ...filters }: Record<string, string>) => urlOf('/v1/operations/file', filters);
export const chainChecks = () => get<{ items: ChainCheck[] }>('/v1/operations/checks');
export const askChainCheck = () => post<{ items: ChainCheck[] }>('/v1/operations/checks');

export const packs = () => get<{ items: PackListed[] }>('/v1/packs');
export const rulebook = (pack: string, kind: string) =>
  get<{ rulebook: Rulebook; hash: string }>(`/v1/packs/${at(pack)}/${at(kind)}`);
export const graphUrl = (pack: string, kind: string, lang: string) => `/v1/packs/${at(pack)}/${at(kind)}/graph.svg?lang=${lang}`;
export const packCheck = (pack: string) => get<{ findings: Finding[] }>(`/v1/packs/${at(pack)}/check`);

export const calendars = () => get<CalendarListed[]>('/v1/calendars');
export const calendarYear = (region: string, year: string) => get<CalendarYear>(`/v1/calendars/${at(region)}/${at(year)}`);
export const previewDays = (region: string, year: number, body: { days: string; after?: string }) =>
  post<DeadlineMoves>(`/v1/calendars/${at(region)}/${year}/preview`, body);
export const saveDays = (region: string, year: number, body: { days: string; source: string; seen?: string }) =>
  request<CalendarYear>('PUT', `/v1/calendars/${at(region)}/${year}`, { body });

export const status = () => get<Status>('/v1/status');
export const replays = () => get<{ items: Replay[] }>('/v1/policy/replays');
export const replay = (id: string) => get<Replay>(`/v1/policy/replays/${at(id)}`);
export const askReplay = (body: { pack: string; since: string; until?: string; shop?: string }) => post<Replay>('/v1/policy/replays', body);
export const courses = (id: string, pack: string) => get<CaseCourses>(`/v1/policy/courses/${at(id)}/${at(pack)}`);
export const differences = (from: string, to: string) => get<PackDifferences>(`/v1/policy/differences/${at(from)}/${at(to)}`);

export const demoPeople = () => get<Person[]>('/v1/demo/people');
export const demoTour = () => get<TourStory[]>('/v1/demo/tour');
export const demoClock = () => get<DemoClock>('/v1/demo/clock');
export const setDemoClock = (change: { advance_ms?: number; to?: string; rate?: number }) =>
  post<DemoClock>('/v1/demo/clock', change);
export const demoParcels = () => get<Page<DemoParcel>>('/v1/demo/parcels');
export const demoScan = (scan: { carrier: string; waybill: string; kind: string }) => post<{ event: string | null }>('/v1/demo/scans', scan);
