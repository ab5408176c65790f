import { createZodDto } from '../../http/zod-dto';
import { z } from 'zod';

const Words = z.array(z.string());
const MediaTypes = z.array(z.string());

const SecurityScheme = z.union([
  z.object({
    httpAuthSecurityScheme: z.object({ description: z.string(), scheme: z.string() }),
  }),
  z.object({
    oauth2SecurityScheme: z.object({
      description: z.string(),
      flows: z.object({
        clientCredentials: z.object({ tokenUrl: z.url(), scopes: z.record(z.string(), z.string()) }),
      }),
    }),
  }),
]);

export const AgentSkill = z.object({
  /** Among the skills of one card. */
  id: z.string(),
  name: z.string(),
  description: z.string(),
  tags: Words,
  examples: Words.optional(),
  inputModes: MediaTypes.optional(),
  outputModes: MediaTypes.optional(),
});
export type AgentSkill = z.infer<typeof AgentSkill>;

/** An agent card of A2A 1.0, as far as there is something to say: https://a2a-protocol.org/v1.0.0/specification (4.4, 4.5). */
export const AgentCard = z.object({
  name: z.string(),
  description: z.string(),
  version: z.string(),
  documentationUrl: z.url(),
  supportedInterfaces: z.array(
    z.object({
      url: z.url(),
      protocolBinding: z.string(),
      protocolVersion: z.string(),
      /** The agent to name in `requirements.agent_id`. */
      tenant: z.string().optional(),
    }),
  ),
  capabilities: z.object({ streaming: z.boolean(), pushNotifications: z.boolean(), extendedAgentCard: z.boolean() }),
  securitySchemes: z.record(z.string(), SecurityScheme),
  /** One of them is enough. */
  securityRequirements: z.array(z.object({ schemes: z.record(z.string(), z.object({ list: Words })) })),
  defaultInputModes: MediaTypes,
  defaultOutputModes: MediaTypes,
  skills: z.array(AgentSkill),
});
export type AgentCard = z.infer<typeof AgentCard>;
export class AgentCardDto extends createZodDto(AgentCard) {}
