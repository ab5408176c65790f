import { generateKeyPairSync, type KeyObject } from 'node:crypto';
import {
  agentEvents,
  evolveRegistrationToken,
  issueAgentToken,
  type AgentEvent,
  type AgentProfile,
  type DataOf,
  type enrolAgent,
  type RegistrationTokenDocument,
  type RegistrationTokenEvent,
  type ResultOf,
} from '@ao/contracts';
import type { CommandResult, CommandShell, EventReader, StreamAppend } from '@ao/event-log';
import {
  isoTime,
  isRejection,
  isSameJson,
  newId,
  reject,
  streamId,
  type Clock,
  type CommandMetadata,
  type Rejection,
} from '@ao/kernel';
import { done, type CommandClient } from '@ao/messaging';
import { agentAggregate } from '../agent/agent.aggregate';
import { MAX_PROFILE_BYTES } from '../agent/agent.decider';
import { profileOf } from '../agent/agent.profile';
import { agentNames } from '../agent-name/agent-names';
import {
  badRegistrationToken,
  isUsable,
  registrationTokenAggregate,
} from '../registration-token/registration-token.decider';
import { digestOf, readRegistrationToken, sameDigest } from '../registration-token/registration-token.text';
import type { Authority, IssuedCertificate } from './authority';
import { certificateAggregate, replaceCertificates } from './certificate.decider';
import { CsrRefused, keyOfRequest } from './csr';

type Enrolment = DataOf<typeof enrolAgent>;
type Enrolled = ResultOf<typeof enrolAgent>;

/** What another process changed between the look at it and the append: looked at again. */
const OVERTAKEN = 'enrolment_overtaken';
const ATTEMPTS = 5;

export interface EnrolmentDependencies {
  readonly shell: CommandShell;
  readonly log: Pick<EventReader, 'readStream'>;
  readonly clock: Clock;
  readonly authority: Authority;
  /** Certificates of all authorities, as PEM. */
  readonly bundle: string;
  /** Asks identity for the agent's token. */
  readonly commands: Pick<CommandClient, 'send'>;
}

/** A request's key, or the refusal that names the field. */
export function requestedKey(csr: string, agentId: string | undefined): KeyObject | Rejection {
  try {
    return keyOfRequest(csr, agentId);
  } catch (error) {
    if (!(error instanceof CsrRefused)) throw error;
    return reject('invalid', 'validation_failed', `/csr: ${error.message}`, '/csr');
  }
}

/** The token that goes with a certificate; a refusal when identity cannot be asked, and then nothing has changed. */
export async function agentToken(
  commands: Pick<CommandClient, 'send'>,
  agent_id: string,
  { serial, expires_at }: Pick<IssuedCertificate, 'serial' | 'expires_at'>,
  metadata: CommandMetadata,
): Promise<string | Rejection> {
  const asked = await commands.send(
    issueAgentToken,
    { agent_id, serial, expires_at },
    { ...metadata, command_id: newId(), causation_id: metadata.command_id, idempotent: false },
  );
  return isRejection(asked) ? asked : asked.result.token;
}

/**
 * Enrols by a registration token. Agent, name, certificate and the use of the token are one unit of append, on the version of
 * the token that was seen: of any number of uses one succeeds, and the others change nothing.
 */
export async function runEnrolAgent(
  dependencies: EnrolmentDependencies,
  data: Enrolment,
  metadata: CommandMetadata,
): Promise<CommandResult<Enrolled>> {
  const { shell, log, clock, authority, bundle, commands } = dependencies;
  const token = await provenToken(log, data.registration_token);
  if (!token) return badRegistrationToken();
  const { token_id } = token;
  const { registration_token: _secret, ...asked } = data;
  const agent_id = token.agent_id ?? newId();

  // Whether it was used up is for its stream to say, which also knows a command that is sent again.
  const use = async (serial: string, also: readonly StreamAppend[]) =>
    shell.run(
      registrationTokenAggregate,
      token_id,
      { type: 'UseRegistrationToken', data: { token_id, agent_id, serial }, metadata },
      { also, payload: { token_id, ...asked }, onConflict: () => reject('conflict', OVERTAKEN, 'overtaken') },
    );
  if (!isUsable(token, isoTime(clock.now()))) {
    const again = await use('', []);
    return isRejection(again) ? again : alreadyShown(token_id);
  }
  if (token.name !== null && token.name !== data.name) return boundToAnotherName();

  const key = data.csr === undefined ? newKey() : requestedKey(data.csr, token.agent_id ?? undefined);
  if (isRejection(key)) return key;
  const publicKey = 'privateKey' in key ? key.publicKey : key;

  for (let attempt = 1; ; attempt += 1) {
    const at = isoTime(clock.now());
    const agent = await agentPart(shell, token, agent_id, data, at);
    if (isRejection(agent)) return agent;
    const issued = authority.issue(agent_id, publicKey);
    const jwt = await agentToken(commands, agent_id, issued, metadata);
    if (isRejection(jwt)) return jwt;
    const certificates = await shell.state(certificateAggregate, agent_id, { fresh: token.agent_id !== null });
    const used = await use(issued.serial, [
      ...agent.appends,
      replaceCertificates(certificates, { ...issued, agent_id, at }),
    ]);
    if (isRejection(used)) {
      if (used.code !== OVERTAKEN) return used;
      if (attempt < ATTEMPTS) continue;
      return reject(
        'unavailable',
        'contended',
        'Expected to enrol an agent, but others changed what it needs meanwhile',
      );
    }
    // The answer of the first attempt, whose key and token nobody has any more.
    if ((used.result as { serial: string }).serial !== issued.serial) return alreadyShown(token_id);
    return done(
      {
        ...{
          agent_id,
          token: jwt,
          serial: issued.serial,
          certificate: issued.certificate,
          expires_at: issued.expires_at,
        },
        ...('privateKey' in key && { key: key.privateKey.export({ format: 'pem', type: 'pkcs8' }).toString() }),
        ca: bundle,
        heartbeat_interval_seconds: agent.profile.heartbeat_interval_seconds,
      },
      used.position,
    );
  }
}

/** Read beside the shell: its cache is no place for streams that a stranger names. */
async function provenToken(
  log: Pick<EventReader, 'readStream'>,
  text: string,
): Promise<RegistrationTokenDocument | undefined> {
  const shown = readRegistrationToken(text);
  const stream = streamId(registrationTokenAggregate.category, shown?.token_id ?? newId());
  let token: RegistrationTokenDocument | undefined;
  for (const event of await log.readStream(stream))
    token = evolveRegistrationToken(token, event as unknown as RegistrationTokenEvent);
  return sameDigest(shown?.secret_hash ?? digestOf(''), token?.secret_hash ?? digestOf('nobody')) ? token : undefined;
}

interface AgentPart {
  readonly profile: AgentProfile;
  readonly appends: readonly StreamAppend[];
}

/** What the unit says of the agent: a new one with its name, or the one that enrols again. */
async function agentPart(
  shell: CommandShell,
  token: RegistrationTokenDocument,
  agent_id: string,
  data: Enrolment,
  at: string,
): Promise<AgentPart | Rejection> {
  const labels = { ...data.labels, ...token.labels };
  if (token.agent_id !== null) {
    const { state, version } = await shell.state(agentAggregate, agent_id, { fresh: true });
    if (state.status !== 'registered')
      return reject(
        'not_found',
        'agent_not_found',
        `Expected to enrol agent '${agent_id}' again, but it is not registered`,
      );
    const known = state.profile;
    if (known.name !== data.name) return boundToAnotherName();
    const { version: release, capabilities } = data;
    const details = { ...known.details, labels: { ...known.details.labels, ...labels } };
    const profile = profileOf({ ...known, version: release, capabilities, details });
    const tooLarge = whyTooLarge(profile);
    if (tooLarge) return tooLarge;
    const changed: AgentEvent[] = isSameJson(profile, known)
      ? []
      : [{ type: 'AgentProfileChanged', data: { ...profile, agent_id, changed_at: at } }];
    return { profile, appends: [agentAppend(agent_id, version, changed)] };
  }
  const { holder, version } = await agentNames.holder(shell, data.name);
  if (holder !== undefined)
    return reject(
      'conflict',
      'agent_name_taken',
      `Expected to enrol agent '${data.name}', but another one has that name`,
      '/name',
    );
  const profile = profileOf({
    ...{ name: data.name, agent_type: data.agent_type, version: data.version, capabilities: data.capabilities },
    ...{ services: [], endpoints: {}, metadata: data.metadata, tags: [] },
    max_concurrent_tasks: data.max_concurrent_tasks,
    heartbeat_interval_seconds: data.heartbeat_interval_seconds,
  });
  const labelled = { ...profile, details: { ...profile.details, labels } };
  const tooLarge = whyTooLarge(labelled);
  if (tooLarge) return tooLarge;
  return {
    profile: labelled,
    appends: [
      agentAppend(agent_id, 0, [
        { type: 'AgentRegistered', data: { ...labelled, agent_id, lifecycle: 'active', registered_at: at } },
      ]),
      agentNames.append('AgentNameReserved', { name: data.name, agent_id }, version),
    ],
  };
}

function agentAppend(agent_id: string, expected_version: number, events: readonly AgentEvent[]): StreamAppend {
  return {
    stream_id: streamId(agentAggregate.category, agent_id),
    expected_version,
    events: events.map(({ type, data }) => ({ type, schema_version: agentEvents[type].schemaVersion, data })),
  };
}

function whyTooLarge(profile: AgentProfile): Rejection | undefined {
  const bytes = Buffer.byteLength(JSON.stringify(profile));
  if (bytes <= MAX_PROFILE_BYTES) return undefined;
  return reject(
    'too_large',
    'profile_too_large',
    `Expected to enrol agent '${profile.name}', but its profile takes ${bytes} bytes and ${MAX_PROFILE_BYTES} are allowed`,
  );
}

const newKey = () => generateKeyPairSync('ec', { namedCurve: 'prime256v1' });

function boundToAnotherName() {
  return reject(
    'forbidden',
    'token_bound_to_another_name',
    '/name: the registration token is for an agent of another name',
    '/name',
  );
}

function alreadyShown(tokenId: string) {
  return reject(
    'conflict',
    'secret_already_shown',
    `Expected to enrol an agent, but this command has done so with registration token '${tokenId}' before, and what it gave is shown only once`,
  );
}
