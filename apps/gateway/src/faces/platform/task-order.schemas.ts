import {
  JsonObject,
  ON_AGENT_LOST,
  PRIORITY_NAMES,
  RetryOverrides,
  TaskChanges,
  TaskCredential,
  TaskOrder,
  TaskSpecification,
  TaskTexts,
  Word,
  priorityValue,
  text,
} from '@ao/contracts';
import { createZodDto } from '../../http/zod-dto';
import { z } from 'zod';
import { AnyTime } from '../time.schemas';

const specification = TaskSpecification.shape;

/** A name of the five bands, seed 001's `medium`, or a whole number 0 to 100. */
export const Priority = z
  .union([z.enum([...PRIORITY_NAMES, 'medium']), z.int().min(0).max(100)], {
    error: `must be ${PRIORITY_NAMES.join(', ')} or a whole number from 0 to 100`,
  })
  .transform((priority) =>
    typeof priority === 'number' ? priority : priorityValue(priority === 'medium' ? 'normal' : priority),
  );

/** An agent's UUID or its own id. */
export const AgentReference = z.string().min(1).max(128);

/** A task's UUID, bare or prefixed. */
export const TaskReference = z.string().min(1).max(128);

/** Of one task. */
export const MOST_CAPABILITIES = 100;
const Capabilities = z.array(Word).max(MOST_CAPABILITIES);

const Requirements = z.object({
  capabilities: Capabilities.default([]),
  agent_type: Word.optional(),
  /** Pins the task to one agent. */
  agent_id: AgentReference.optional(),
});
export type RequirementsBody = z.infer<typeof Requirements>;

/** A secret of the vault that the agent gets with the task. Who refers to one needs `secrets:manage`. */
const Credential = z.object({
  /** What the agent calls it. */
  name: TaskCredential.shape.name,
  /** Its id or its name. */
  secret: text(200, 1),
  /** Default: the version that is current at delivery. */
  version: TaskCredential.shape.version,
});
export type CredentialBody = z.infer<typeof Credential>;

/** The type of a task that is told in words alone. */
const TOLD_IN_WORDS = 'instruction';

/** One task as it is submitted, in seed 003's fields and in those of the dispatch engine. */
export const TaskBody = TaskTexts.extend({
  /** May be left out of what has a title, a description or instructions: then it is `instruction`. */
  type: Word.optional(),
  payload: JsonObject.default({}),
  /** Default: its type's, else normal. */
  priority: Priority.optional(),
  requirements: Requirements.default({ capabilities: [] }),
  /** Capabilities, in seed 003's word: the agent must have all of them. */
  required_tools: Capabilities.optional(),
  /** As `requirements.agent_id`. */
  agent_id: AgentReference.optional(),
  /** What is left out is as its type says. */
  retry: RetryOverrides.optional(),
  /** Default: its type's, else the setting `tasks.lease_seconds`. */
  lease_seconds: specification.lease_seconds.optional(),
  not_before: AnyTime.optional(),
  /** As `not_before`, counted from the submission. */
  delay_seconds: TaskOrder.shape.delay_seconds,
  deadline: AnyTime.optional(),
  depends_on: z.array(TaskReference).min(1).max(100).optional(),
  on_dependency_failure: specification.on_dependency_failure,
  on_agent_lost: z.enum(ON_AGENT_LOST).optional(),
  fairness_key: specification.fairness_key,
  concurrency_key: specification.concurrency_key,
  credentials: z
    .array(Credential)
    .max(20)
    .refine((all) => new Set(all.map(({ name }) => name)).size === all.length, 'must not use a name twice')
    .optional(),
})
  .superRefine((task, context) => {
    const wrong = (field: string, message: string) => context.addIssue({ code: 'custom', path: [field], message });
    const { type, title, description, instructions, requirements, agent_id } = task;
    if ((type ?? title ?? description ?? instructions) === undefined)
      wrong('type', 'is required where there is no title, description or instructions');
    if (agent_id !== undefined && requirements.agent_id !== undefined && agent_id !== requirements.agent_id)
      wrong('agent_id', 'must not differ from requirements.agent_id');
    if (task.not_before !== undefined && task.delay_seconds !== undefined)
      wrong('delay_seconds', 'must not be given beside not_before');
  })
  .transform(({ type = TOLD_IN_WORDS, ...task }) => ({ type, ...task }))
  .meta({
    example: {
      title: 'Summarise the report',
      instructions: 'Summarise it in ten lines.',
      payload: { url: 'https://example.org' },
      priority: 'high',
      required_tools: ['browser'],
    },
  });
export type TaskBody = z.infer<typeof TaskBody>;
export class TaskBodyDto extends createZodDto(TaskBody) {}

/** `POST /api/v1/tasks/bulk` */
export class BulkBodyDto extends createZodDto(z.object({ tasks: z.array(TaskBody).min(1).max(500) })) {}

/** `PATCH /api/v1/tasks/{id}`: the fields given change; lists replace. */
export const TaskChangesBody = TaskTexts.extend({
  priority: Priority.optional(),
  /** null takes it away. */
  deadline: AnyTime.nullable().optional(),
  payload: TaskChanges.shape.payload,
  requirements: Requirements.optional(),
  required_tools: Capabilities.optional(),
  /** null lets any agent have it. */
  agent_id: AgentReference.nullable().optional(),
}).meta({ example: { priority: 'urgent', deadline: '2030-01-01T00:00:00Z' } });
export type TaskChangesBody = z.infer<typeof TaskChangesBody>;
export class TaskChangesDto extends createZodDto(TaskChangesBody) {}
