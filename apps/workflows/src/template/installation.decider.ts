import {
  evolveInstallation,
  installationEvents,
  schemaVersionsOf,
  type InstallationDocument,
  type InstallationEvent,
  type MadePart,
} from '@ao/contracts';
import type { Aggregate } from '@ao/event-log';
import { accept, assertNever, reject, type Command, type Decider, type Decision } from '@ao/kernel';

interface Reference {
  readonly installation_id: string;
}
type Plan = Omit<InstallationDocument, 'status' | 'made' | 'failure' | 'updated_at' | 'installed_by' | 'started_at'>;

export type StartInstallation = Command<'StartInstallation', Plan>;
export type RecordPartMade = Command<'RecordPartMade', Reference & { readonly part: MadePart }>;
export type CompleteInstallation = Command<'CompleteInstallation', Reference>;
/** A part was refused. */
export type GiveUpInstallation = Command<
  'GiveUpInstallation',
  Reference & { readonly code: string; readonly reason: string }
>;
export type StartUninstallation = Command<'StartUninstallation', Reference & { readonly force: boolean }>;
export type RecordPartRemoved = Command<'RecordPartRemoved', Reference & { readonly part: MadePart }>;
/** Nothing of it is left. */
export type CompleteRemoval = Command<'CompleteRemoval', Reference>;
export type InstallationCommand =
  | StartInstallation
  | RecordPartMade
  | CompleteInstallation
  | GiveUpInstallation
  | StartUninstallation
  | RecordPartRemoved
  | CompleteRemoval;

/** Undefined: there is none. */
export type InstallationState = InstallationDocument | undefined;

const MAX_REASON = 1_000;

/**
 * installing → installed → uninstalling → uninstalled, or installing → undoing → failed. Whoever carries it out records each part;
 * what is recorded a second time, or when the installation has gone on already, changes nothing.
 */
export const installationDecider: Decider<InstallationState, InstallationCommand, InstallationEvent> = {
  initialState: () => undefined,
  evolve: evolveInstallation,
  decide(command, installation): Decision<InstallationEvent> {
    const { installation_id } = command.data;
    const { time: at, actor } = command.metadata;
    const answer = { installation_id, at };
    if (command.type === 'StartInstallation') {
      if (installation) {
        const why = `Expected to start installation '${installation_id}', but there is one`;
        return reject('conflict', 'installation_exists', why);
      }
      const installed_by = `${actor.type}:${actor.id}`.slice(0, 200);
      const data = { ...command.data, installed_by, started_at: at };
      return accept([{ type: 'TemplateInstallationStarted', data }], answer);
    }
    if (!installation) return unknownInstallation(installation_id);
    const { status, made } = installation;
    switch (command.type) {
      case 'RecordPartMade': {
        const { part } = command.data;
        if (status !== 'installing' || made.some((one) => isSame(one, part))) return accept([], answer);
        return accept([{ type: 'InstallationPartMade', data: { installation_id, part, at } }], answer);
      }
      case 'CompleteInstallation':
        if (status !== 'installing') return accept([], answer);
        return accept([{ type: 'TemplateInstalled', data: answer }], answer);
      case 'GiveUpInstallation': {
        if (status !== 'installing') return accept([], answer);
        const { code, reason } = command.data;
        const data = { installation_id, code, reason: reason.slice(0, MAX_REASON).toWellFormed(), at };
        return accept([{ type: 'TemplateInstallationGivenUp', data }], answer);
      }
      case 'StartUninstallation': {
        if (status === 'installed') {
          const { force } = command.data;
          return accept([{ type: 'TemplateUninstallationStarted', data: { installation_id, force, at } }], answer);
        }
        const why = `Expected to uninstall installation '${installation_id}', but it is ${status}`;
        return reject('conflict', 'installation_not_installed', why);
      }
      case 'RecordPartRemoved': {
        const { part } = command.data;
        if (!isBeingRemoved(installation) || !made.some((one) => isSame(one, part))) return accept([], answer);
        return accept([{ type: 'InstallationPartRemoved', data: { installation_id, part, at } }], answer);
      }
      case 'CompleteRemoval': {
        if (!isBeingRemoved(installation)) return accept([], answer);
        const type = status === 'undoing' ? 'TemplateInstallationFailed' : 'TemplateUninstalled';
        return accept([{ type, data: answer }], answer);
      }
      default:
        return assertNever(command);
    }
  },
};

const isBeingRemoved = ({ status }: InstallationDocument) => status === 'undoing' || status === 'uninstalling';

const isSame = (one: { readonly kind: string; readonly key: string }, part: MadePart) =>
  one.kind === part.kind && one.key === part.key;

export function unknownInstallation(installationId: string) {
  const why = `Expected installation '${installationId}', but there is none`;
  return reject('not_found', 'installation_not_found', why);
}

/** Stream `installation-<uuid>`. */
export const installationAggregate: Aggregate<InstallationState, InstallationCommand, InstallationEvent> = {
  category: 'installation',
  decider: installationDecider,
  schemaVersions: schemaVersionsOf(installationEvents),
  freshIds: 0,
};
