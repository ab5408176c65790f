import { z } from 'zod';
import { event, type EventOf } from '../contract';
import { Id, JsonObject, Time, Word, text } from '../text';

const CATEGORY = 'installation';

export const INSTALLATION_STATUSES = [
  /** Its parts are being made. */
  'installing',
  'installed',
  /** One was refused: those that were made are being taken away. */
  'undoing',
  /** Nothing of it is left. */
  'failed',
  'uninstalling',
  'uninstalled',
] as const;
export type InstallationStatus = (typeof INSTALLATION_STATUSES)[number];

export const PART_KINDS = ['agent', 'workflow', 'trigger'] as const;
export type PartKind = (typeof PART_KINDS)[number];

/** As events keep them: what a later release calls a kind is not refused. */
const Part = z.object({ kind: Word, key: text(64, 1), id: Id });
/** Something that an installation made. */
export const MadePart = z.object({ kind: z.enum(PART_KINDS), key: z.string(), id: Id });
export type MadePart = z.infer<typeof MadePart>;

/** Parts of a template before the values of the installation are in them, in the order in which they are made. */
const Parts = z.array(JsonObject).max(100);

/**
 * Stream `installation-<uuid>`: an installation of a template of the marketplace. It holds all that is to be made, so that it can
 * be gone on with whatever a later release has as templates.
 */
export const installationEvents = {
  TemplateInstallationStarted: event(
    CATEGORY,
    'TemplateInstallationStarted',
    1,
    z.object({
      installation_id: Id,
      template_id: text(64, 1),
      template_name: text(200, 1),
      version: z.int().min(1),
      /** Before the names of what is made; null: none. */
      name: text(80, 1).nullable(),
      parameters: JsonObject,
      heartbeat_interval_seconds: z.number(),
      agents: Parts,
      workflows: Parts,
      triggers: Parts,
      /** Kind and id of who did: `user:<id>`. */
      installed_by: text(200),
      started_at: Time,
    }),
  ),
  InstallationPartMade: event(
    CATEGORY,
    'InstallationPartMade',
    1,
    z.object({ installation_id: Id, part: Part, at: Time }),
  ),
  TemplateInstalled: event(CATEGORY, 'TemplateInstalled', 1, z.object({ installation_id: Id, at: Time })),
  /** A part was refused. What was made is taken away from now on. */
  TemplateInstallationGivenUp: event(
    CATEGORY,
    'TemplateInstallationGivenUp',
    1,
    z.object({ installation_id: Id, code: Word, reason: text(1_000), at: Time }),
  ),
  TemplateUninstallationStarted: event(
    CATEGORY,
    'TemplateUninstallationStarted',
    1,
    z.object({ installation_id: Id, force: z.boolean(), at: Time }),
  ),
  /** It was taken away, or was no more. */
  InstallationPartRemoved: event(
    CATEGORY,
    'InstallationPartRemoved',
    1,
    z.object({ installation_id: Id, part: Part, at: Time }),
  ),
  /** Given up, and nothing of it is left. */
  TemplateInstallationFailed: event(
    CATEGORY,
    'TemplateInstallationFailed',
    1,
    z.object({ installation_id: Id, at: Time }),
  ),
  TemplateUninstalled: event(CATEGORY, 'TemplateUninstalled', 1, z.object({ installation_id: Id, at: Time })),
} as const;
export type InstallationEvent = EventOf<typeof installationEvents>;

export type InstallationDocument = z.infer<typeof installationEvents.TemplateInstallationStarted.data> & {
  readonly status: InstallationStatus;
  /** What there is of it, in the order in which it was made. */
  readonly made: readonly z.infer<typeof Part>[];
  /** Why it was given up; null: it was not. */
  readonly failure: { readonly code: string; readonly reason: string } | null;
  readonly updated_at: string;
};

/** The installation after one more event. Every reader folds with this function. */
export function evolveInstallation(
  installation: InstallationDocument | undefined,
  event: InstallationEvent,
): InstallationDocument | undefined {
  if (event.type === 'TemplateInstallationStarted')
    return { ...event.data, status: 'installing', made: [], failure: null, updated_at: event.data.started_at };
  if (!installation) return installation;
  const { at } = event.data;
  const becomes = (status: InstallationStatus) => ({ ...installation, status, updated_at: at });
  switch (event.type) {
    case 'InstallationPartMade':
      return { ...installation, made: [...installation.made, event.data.part], updated_at: at };
    case 'TemplateInstalled':
      return becomes('installed');
    case 'TemplateInstallationGivenUp': {
      const { code, reason } = event.data;
      return { ...becomes('undoing'), failure: { code, reason } };
    }
    case 'TemplateUninstallationStarted':
      return becomes('uninstalling');
    case 'InstallationPartRemoved': {
      const { kind, key } = event.data.part;
      const made = installation.made.filter((part) => part.kind !== kind || part.key !== key);
      return { ...installation, made, updated_at: at };
    }
    case 'TemplateInstallationFailed':
      return becomes('failed');
    case 'TemplateUninstalled':
      return becomes('uninstalled');
    default:
      return installation;
  }
}
