export { CLOUD_EVENT_TYPE, MAX_CLOUD_EVENT_BYTES, cloudEvent, type CloudEventSubject } from './cloud-event';
export { isCallableAddress, whyNotCallable, type CallRules } from './callable';
export { OutboundError, type OutboundErrorCode } from './outbound-error';
export {
  createOutbound,
  type Outbound,
  type OutboundOptions,
  type OutboundRequest,
  type OutboundResponse,
  type PostRequest,
  type PostResponse,
} from './outbound';
export { newSigningSecret, signWebhook, type WebhookHeaders } from './sign-webhook';
export { TOLERANCE_SECONDS, whyNotSigned, whyNotSignedLikeGitHub, type SignatureFault } from './verify-webhook';
