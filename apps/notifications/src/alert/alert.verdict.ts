import type { AlertDocument, AlertKind, Severity } from '@ao/contracts';

export type AlertDetails = AlertDocument['details'];

/** What an alert is about. */
export interface AlertSubject {
  readonly kind: AlertKind;
  /** A service, a subscription, the id of a secret. */
  readonly source: string;
}

/** What whoever watches has to say of it; nothing where the facts do not tell, so that it stays as it is. */
export type Verdict =
  | (AlertSubject & {
      readonly verdict: 'raise';
      readonly severity: Severity;
      readonly details: AlertDetails;
    })
  | (AlertSubject & { readonly verdict: 'clear'; readonly details: AlertDetails });

/** The severity of what stands, by kind and source. */
export type RaisedAlerts = (kind: AlertKind, source: string) => Severity | undefined;
