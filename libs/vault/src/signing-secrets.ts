import { stillGood, type FormerSecrets } from '@ao/contracts';
import { systemMetadata, isRejection, newId, type CommandMetadata, type Rejection } from '@ao/kernel';
import type { CommandClient } from '@ao/messaging';
import { newSigningSecret } from '@ao/outbound';
import { KeptSecrets, type KeptSecretsTerms, type SecretPlace } from './kept-secrets';

/** Where a signing secret is, and what it is if it was made up. */
export type MadeSecret = SecretPlace & { readonly made_up?: string };

/** The version that signs now, and those before it that sign as well until their time is over. */
export interface SignedBy extends SecretPlace {
  readonly former_secrets: Readonly<FormerSecrets>;
}

/** What webhooks are signed with, those that are sent and those that come in. One that is not given is made up, another each time. */
export class SigningSecrets {
  readonly secrets: KeptSecrets;

  constructor(
    commands: Pick<CommandClient, 'send'>,
    private readonly terms: KeptSecretsTerms,
  ) {
    this.secrets = new KeptSecrets(commands, terms);
  }

  /** `asked`: of the command that creates the owner; its repetition finds the same secret. */
  async create(ownerId: string, given: string | undefined, asked: CommandMetadata): Promise<MadeSecret | Rejection> {
    const value = given ?? newSigningSecret();
    const created = await this.secrets.create(ownerId, value, asked);
    if (!isRejection(created)) return given === undefined ? { ...created, made_up: value } : created;
    // An attempt before made one up, and did not come to the owner: nobody has seen it, so this one takes its place.
    const isUnseen = given === undefined && created.code === 'idempotency_key_reused';
    return isUnseen ? this.rotate(this.secrets.secretOf(asked.command_id), undefined, asked) : created;
  }

  /** The same command with the same secret makes one version. */
  async rotate(secret_id: string, given: string | undefined, asked: CommandMetadata): Promise<MadeSecret | Rejection> {
    if (given !== undefined) {
      const command_id = this.secrets.commandOf(asked.command_id);
      return this.secrets.rotate(secret_id, given, { ...asked, command_id, idempotent: true });
    }
    const made_up = newSigningSecret();
    const place = await this.secrets.rotate(secret_id, made_up, { ...asked, command_id: newId(), idempotent: false });
    return isRejection(place) ? place : { ...place, made_up };
  }

  /**
   * What a delivery is signed with at a time (Unix milliseconds), the newest first: versions before it sign until their
   * overlap ends. A rejection where the newest cannot be had, or the vault cannot be asked.
   */
  async signingAt(owner: SignedBy, now: number): Promise<readonly string[] | Rejection> {
    const { secret_id, secret_version, former_secrets } = owner;
    const valid = stillGood(former_secrets, now).map(({ version }) => version);
    const open = (version: number) =>
      this.secrets.open({ secret_id, secret_version: version }, systemMetadata(this.terms.service));
    const [newest, former] = await Promise.all([open(secret_version), Promise.all(valid.map(open))]);
    // Whoever still has a former one would refuse what is signed without it: only one that is gone is left out.
    const unavailable = [newest, ...former.filter((secret) => !isGone(secret))].find(isRejection);
    if (unavailable) return unavailable;
    return [newest, ...former].filter((secret) => typeof secret === 'string');
  }
}

const isGone = (secret: string | Rejection) => isRejection(secret) && secret.rejection === 'not_found';
