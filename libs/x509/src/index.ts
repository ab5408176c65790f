export { certificateRequest } from './certificate-request';
export * from './certificates';
export * from './der';
export { fromPem, toPem } from './pem';
