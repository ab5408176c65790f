import { INSTALLATION_STATUSES, InstallationOrder, JsonObject, PART_KINDS, TemplateSummary } from '@ao/contracts';
import { createZodDto } from '../../http/zod-dto';
import { z } from 'zod';
import { AtLeast } from '../query.schemas';
import { Page, Timestamp } from './user.schemas';

const install = InstallationOrder.shape;

/** Text of a query: no NUL, no lone surrogate. */
const word = (max: number) =>
  z
    .string()
    .min(1)
    .max(max)
    .refine((value) => !value.includes('\u0000') && value.isWellFormed(), 'must be text');
/** `true` and nothing else that looks like it. */
const Flag = z.enum(['true', 'false']).transform((value) => value === 'true');
const versionNumber = z
  .string()
  .regex(/^[1-9]\d{0,5}$/, 'must be a whole number from 1')
  .transform(Number);

/** `GET /api/v1/marketplace/templates` */
export class TemplateListQueryDto extends createZodDto(
  z.object({
    category: word(128).optional(),
    /** Words that all stand in it, whatever their case. */
    search: word(200).optional(),
  }),
) {}
export class TemplateQueryDto extends createZodDto(z.object({ version: versionNumber.optional() })) {}

/** `POST /api/v1/marketplace/templates/{id}/install` */
export class InstallTemplateDto extends createZodDto(
  z
    .object({
      version: install.version.meta({ description: 'Absent: the newest' }),
      parameters: install.parameters.default({}).meta({ description: 'As the JSON Schema of the template says' }),
      name: install.name.default(null).meta({ description: 'Stands before the name of everything that is made' }),
    })
    .meta({ example: { name: 'Finance', parameters: { words_per_part: 150 } } }),
) {}

export class InstallationListQueryDto extends createZodDto(
  Page.extend({ template_id: word(64).optional(), status: z.enum(INSTALLATION_STATUSES).optional() }),
) {}
export class InstallationQueryDto extends createZodDto(z.object({ at_least: AtLeast })) {}
export class UninstallQueryDto extends createZodDto(
  z.object({
    force: Flag.default(false).meta({
      description: 'true: also where something of it has been changed, or is at work',
    }),
  }),
) {}

export class ListedTemplateDto extends createZodDto(TemplateSummary) {}

export class ShownTemplateDto extends createZodDto(
  TemplateSummary.omit({ agents: true, workflows: true, triggers: true }).extend({
    versions: z.array(z.int()),
    /** JSON Schema (2020-12) of what an installation is given. */
    parameters: JsonObject,
    /** What is made, with `${{ install.… }}` where a parameter stands. */
    agents: z.array(
      z.object({ key: z.string(), name: z.string(), type: z.string(), capabilities: z.array(z.string()) }),
    ),
    workflows: z.array(
      z.object({
        key: z.string(),
        name: z.string(),
        description: z.string(),
        /** A line per step: what it does, and what it waits for. */
        picture: z.string(),
        definition: JsonObject,
      }),
    ),
    triggers: z.array(z.object({ key: z.string(), name: z.string(), type: z.string(), description: z.string() })),
  }),
) {}

const Failure = z.object({ code: z.string(), reason: z.string() });

export class ShownInstallationDto extends createZodDto(
  z.object({
    id: z.uuid(),
    template_id: z.string(),
    template_name: z.string(),
    version: z.int(),
    name: z.string().nullable(),
    status: z.enum(INSTALLATION_STATUSES),
    parameters: JsonObject,
    /** What there is of it. */
    agents: z.array(z.object({ key: z.string(), agent_id: z.uuid() })),
    workflows: z.array(z.object({ key: z.string(), workflow_id: z.uuid() })),
    triggers: z.array(z.object({ key: z.string(), trigger_id: z.uuid() })),
    /** Why it was given up. */
    failure: Failure.nullable(),
    /** Kind and id of who did. */
    installed_by: z.string(),
    created_at: Timestamp,
    updated_at: Timestamp,
  }),
) {}

export class UninstalledDto extends createZodDto(
  z.object({
    id: z.uuid(),
    status: z.enum(INSTALLATION_STATUSES),
    /** What could not be taken away yet: it is, as soon as that can be done. */
    left: z.array(z.object({ kind: z.enum(PART_KINDS), key: z.string(), id: z.uuid() })),
    uninstalled_at: Timestamp,
  }),
) {}
