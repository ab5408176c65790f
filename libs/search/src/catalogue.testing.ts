import type { SearchableText } from './capability-text';

const described = (name: string, description: string, more: Record<string, unknown> = {}): SearchableText => ({
  name,
  metadata: { description, ...more },
  groups: ['production'],
});
const plain = (name: string, metadata: Record<string, unknown>): SearchableText => ({
  name,
  metadata: { ...metadata, version: '1.0.0' },
  groups: ['production'],
});
const asked = (name: string, ...representative_queries: string[]): SearchableText => ({
  name,
  metadata: { representative_queries, version: '1.0.0' },
  groups: ['production'],
});

/** What a fleet of some size offers; a third is described, a third says only technical things, a third names example queries. */
export const CATALOGUE: readonly SearchableText[] = [
  // Documents
  {
    ...plain('document.ocr', { supported_formats: ['pdf', 'png', 'jpg'], max_file_size_mb: 50 }),
    groups: ['production', 'us-east'],
  },
  described('document.summarize', 'Writes a short summary of a long document'),
  plain('document.convert', { input_formats: ['docx', 'odt', 'html', 'markdown'], output_formats: ['pdf', 'epub'] }),
  described('document.translate', 'Translates documents between languages and keeps the layout', {
    languages: ['en', 'de', 'fr', 'es', 'ja'],
  }),
  asked('document.classify', 'sort incoming letters by type', 'which kind of document is this'),
  plain('document.table_extraction', { output: ['csv', 'xlsx'], supported_formats: ['pdf'] }),
  described('document.redact', 'Blacks out names, addresses and other personal data before a document is published'),
  asked('document.compare', 'show the differences between two versions of a contract', 'what changed in this file'),
  plain('document.sign', { standard: 'eIDAS', signature: 'electronic' }),
  // Images, sound and video
  plain('image.resize', { formats: ['png', 'jpg', 'webp'], max_width: 8192 }),
  described('image.caption', 'Describes in one sentence what a photo shows'),
  asked('image.background_removal', 'cut the person out of the photo', 'make the background transparent'),
  plain('image.object_detection', { model: 'yolo', classes: ['person', 'car', 'dog', 'bicycle'] }),
  described('image.generate', 'Creates a new picture from a text prompt'),
  asked('image.face_blur', 'make faces in pictures unrecognizable', 'hide the people in street photos'),
  plain('audio.transcribe', { languages: ['en', 'de'], formats: ['mp3', 'wav'], input: 'speech', output: 'text' }),
  described('audio.text_to_speech', 'Reads a text aloud with a natural voice'),
  asked('audio.noise_reduction', 'clean up a noisy recording', 'remove the hum from a sound file'),
  plain('video.transcode', { codecs: ['h264', 'av1'], containers: ['mp4', 'webm'] }),
  described('video.subtitles', 'Adds captions to a film, in step with the dialogue'),
  asked('video.highlights', 'cut the best scenes of a match together', 'make a trailer'),
  // Data
  plain('data.sql_query', { databases: ['postgres', 'mysql', 'snowflake'], read_only: true }),
  described('data.clean', 'Finds and repairs missing, duplicate and malformed values in a table'),
  asked('data.chart', 'draw a graph of these numbers', 'plot sales by month'),
  plain('data.etl_pipeline', { sources: ['s3', 'kafka'], sinks: ['warehouse'], schedule: 'hourly' }),
  described('data.anomaly_detection', 'Notices unusual values in time series of metrics'),
  asked('data.forecast', 'how much will we sell next quarter', 'predict demand'),
  plain('data.schema_migration', { databases: ['postgres'], dry_run: true }),
  described('data.anonymize', 'Replaces personal details in a database by realistic fakes'),
  asked('data.geocode', 'turn an address into coordinates', 'where on the map is this street'),
  plain('data.web_scraping', { respects_robots: true, output: 'json' }),
  // Code
  described('code.review', 'Reads a pull request and comments on bugs and style'),
  plain('code.generate_unit_tests', { frameworks: ['jest', 'pytest', 'junit'] }),
  asked('code.refactor', 'simplify this function without changing what it does', 'tidy up old code'),
  described('code.explain', 'Tells in plain words what a piece of source code does'),
  plain('code.translate_language', { from: ['java', 'python'], to: ['typescript', 'go'] }),
  asked('code.dependency_upgrade', 'bring our libraries up to date', 'raise package versions'),
  described('code.generate_documentation', 'Writes reference pages and comments for an API from its source'),
  plain('code.lint', { languages: ['typescript', 'python'], autofix: true }),
  // Deployment and operations
  plain('deploy.docker_build', { registry: 'ghcr', platforms: ['linux/amd64', 'linux/arm64'] }),
  described('deploy.kubernetes_rollout', 'Brings a new version of a service into the cluster step by step'),
  asked('deploy.rollback', 'go back to the previous release', 'undo the last deployment'),
  plain('deploy.terraform_apply', { clouds: ['aws', 'gcp'], plan_only: false }),
  described('ops.log_search', 'Finds lines in the logs of all servers'),
  asked('ops.incident_triage', 'who should be woken for this alert', 'how severe is this outage'),
  plain('ops.database_backup', { schedule: 'nightly', retention_days: 30, engines: ['postgres'] }),
  described('ops.capacity_planning', 'Says how many machines the coming load will need'),
  asked('ops.certificate_renewal', 'our TLS certificate expires soon', 'renew https certificates'),
  plain('ops.uptime_monitor', { interval_seconds: 30, checks: ['http', 'tcp', 'dns'] }),
  described('ops.restart_service', 'Stops a process that hangs and starts it again'),
  // Security
  described('security.vulnerability_scan', 'Looks for known weaknesses in container images and packages'),
  plain('security.secret_detection', { finds: ['api keys', 'passwords', 'tokens'], scope: 'git history' }),
  asked('security.phishing_check', 'is this email a scam', 'can I trust this link'),
  described('security.access_review', 'Lists who has permissions they no longer need'),
  // Communication
  plain('email.send', { protocol: 'smtp', attachments: true }),
  described('email.triage', 'Sorts an inbox by urgency and proposes answers'),
  asked('chat.answer_customer', 'reply to a question of a client', 'help a user who is stuck'),
  plain('sms.notify', { provider: 'twilio', max_length: 160 }),
  described('calendar.schedule_meeting', 'Finds a time when all participants are free and books it'),
  asked('meeting.minutes', 'write down what was decided in the call', 'list the action items'),
  plain('slack.post_message', { channels: true, threads: true }),
  described('social.sentiment_analysis', 'Judges whether posts about a brand are positive or negative'),
  // Finance and trade
  plain('invoice.extract_fields', { fields: ['supplier', 'total', 'vat', 'due date'], supported_formats: ['pdf'] }),
  described('finance.reconcile', 'Matches bank statements with open bills'),
  asked('finance.fraud_detection', 'is this card payment suspicious', 'stop stolen credit cards'),
  plain('finance.currency_conversion', { source: 'ecb', pairs: ['EUR/USD', 'EUR/GBP'] }),
  described('finance.expense_approval', 'Checks travel receipts of employees against the policy'),
  asked('payments.refund', 'give the customer the money back', 'cancel a charge'),
  plain('tax.calculate_vat', { countries: ['DE', 'FR', 'IT'], year: 2026 }),
  described('inventory.reorder', 'Orders goods again before the shelves are empty'),
  asked('shipping.track_parcel', 'where is my package', 'when will the delivery arrive'),
  // People, law, knowledge
  described('hr.screen_resumes', 'Ranks applicants for a job by their CV'),
  plain('hr.payroll', { countries: ['DE', 'US'], cycle: 'monthly' }),
  asked('legal.contract_review', 'find risky clauses in an agreement', 'is this license acceptable'),
  described('knowledge.question_answering', "Answers questions from the company's handbooks and wikis"),
  asked('knowledge.web_research', 'find out what is known about a subject', 'collect sources on the internet'),
  plain('weather.forecast', { days: 14, units: ['metric', 'imperial'] }),
  described('travel.book_flight', 'Finds and reserves plane tickets and hotels'),
];

/** What people ask for, and the capabilities that would serve them. Written before anything was tuned. */
export const QUERIES: readonly (readonly [query: string, ...wanted: string[]])[] = [
  ['I need to extract text from PDF documents', 'document.ocr'],
  ['read the words on a scanned page', 'document.ocr'],
  ['give me the gist of a 40 page report', 'document.summarize'],
  ['save a Word file as PDF', 'document.convert'],
  ['I have a German manual and need it in English', 'document.translate'],
  ['what sort of paper did we get in the mail', 'document.classify'],
  ['get the tables out of a PDF into a spreadsheet', 'document.table_extraction'],
  ['hide personal information in a letter', 'document.redact'],
  ['compare two contracts', 'document.compare'],
  ['put an electronic signature under an agreement', 'document.sign'],
  ['make thumbnails of product photos', 'image.resize'],
  ['what can be seen in this picture', 'image.caption', 'image.object_detection'],
  ['remove the background of an image', 'image.background_removal'],
  ['count the cars in a parking lot photo', 'image.object_detection'],
  ['draw an illustration for my blog post', 'image.generate'],
  ['blur faces', 'image.face_blur'],
  ['turn a voice recording into written text', 'audio.transcribe'],
  ['have an article read to me', 'audio.text_to_speech'],
  ['get rid of the background noise in a podcast', 'audio.noise_reduction'],
  ['convert a movie to mp4', 'video.transcode'],
  ['add subtitles to my video', 'video.subtitles'],
  ['best moments of the football game', 'video.highlights'],
  ['ask the database how many orders came in yesterday', 'data.sql_query'],
  ['remove duplicate rows from a table', 'data.clean'],
  ['visualize monthly revenue', 'data.chart'],
  ['move events from kafka into the warehouse every hour', 'data.etl_pipeline'],
  ['tell me when a metric behaves strangely', 'data.anomaly_detection'],
  ['expected sales for the next year', 'data.forecast'],
  ['add a column to a table in production', 'data.schema_migration'],
  ['mask customer data for a test system', 'data.anonymize'],
  ['find latitude and longitude of a place', 'data.geocode'],
  ['collect prices from competitor websites', 'data.web_scraping'],
  ['look over my code changes before they are merged', 'code.review'],
  ['write tests for this module', 'code.generate_unit_tests'],
  ['clean up messy code', 'code.refactor'],
  ['I do not understand this function', 'code.explain'],
  ['port a python program to go', 'code.translate_language'],
  ['update outdated npm packages', 'code.dependency_upgrade'],
  ['create developer docs for our API', 'code.generate_documentation'],
  ['build a container image', 'deploy.docker_build'],
  ['release a new version to production gradually', 'deploy.kubernetes_rollout'],
  ['the new release is broken, restore the old one', 'deploy.rollback'],
  ['create cloud infrastructure', 'deploy.terraform_apply'],
  ['find error messages in server logs', 'ops.log_search'],
  ['how serious is this problem in production', 'ops.incident_triage'],
  ['make a copy of the database every night', 'ops.database_backup'],
  ['how many servers do we need for christmas', 'ops.capacity_planning'],
  ['replace an expired SSL certificate', 'ops.certificate_renewal'],
  ['check whether the website is reachable', 'ops.uptime_monitor'],
  ['the server is frozen, reboot it', 'ops.restart_service'],
  ['check our software for security holes', 'security.vulnerability_scan'],
  ['did somebody commit a password', 'security.secret_detection'],
  ['suspicious message asks for my bank login', 'security.phishing_check'],
  ['which employees have too many rights', 'security.access_review'],
  ['mail a report to the team', 'email.send'],
  ['which messages in my inbox are important', 'email.triage'],
  ['customer support for a confused user', 'chat.answer_customer'],
  ['text a reminder to a mobile phone', 'sms.notify'],
  ['set up an appointment with four colleagues', 'calendar.schedule_meeting'],
  ['notes of the conference call', 'meeting.minutes'],
  ['announce something in the team chat channel', 'slack.post_message'],
  ['do people like our new product on twitter', 'social.sentiment_analysis'],
  ['read the total amount from a supplier bill', 'invoice.extract_fields'],
  ['which bank transfers belong to which invoices', 'finance.reconcile'],
  ['detect stolen credit card use', 'finance.fraud_detection'],
  ['how many dollars are 100 euros', 'finance.currency_conversion'],
  ['check a receipt from a business trip', 'finance.expense_approval'],
  ['customer wants her money back', 'payments.refund'],
  ['value added tax for an order to France', 'tax.calculate_vat'],
  ['buy more stock when we run low', 'inventory.reorder'],
  ['delivery status of an order', 'shipping.track_parcel'],
  ['pick the best candidates for a position', 'hr.screen_resumes'],
  ['pay salaries', 'hr.payroll'],
  ['have a lawyer look at this contract', 'legal.contract_review'],
  ['what does our company policy say about holidays', 'knowledge.question_answering'],
  ['background information on a topic from the web', 'knowledge.web_research'],
  ['will it rain tomorrow', 'weather.forecast'],
  ['reserve a hotel room', 'travel.book_flight'],
];

/**
 * What people ask of 44 capabilities that the seed chose. Written before the present way of searching was made, never
 * looked at since: these only measure.
 */
export const HELD_OUT: typeof QUERIES = [
  ['find users with permissions they do not use', 'security.access_review'],
  ['somebody pays with a card that is not his', 'finance.fraud_detection'],
  ['put our shops on a map', 'data.geocode'],
  ['check the style of typescript files', 'code.lint'],
  ['are there known vulnerabilities in our docker images', 'security.vulnerability_scan'],
  ['the warehouse is running out of goods', 'inventory.reorder'],
  ['remove names and addresses from a court ruling', 'document.redact'],
  ['translate a user manual into Japanese', 'document.translate'],
  ['make this legacy function easier to read', 'code.refactor'],
  ['set up servers in aws', 'deploy.terraform_apply'],
  ['browser says the certificate is no longer valid', 'ops.certificate_renewal'],
  ['turn markdown into an ebook', 'document.convert'],
  ['is this an invoice or a contract', 'document.classify'],
  ['exchange rate between pound and euro', 'finance.currency_conversion'],
  ['load data from s3 into the warehouse', 'data.etl_pipeline'],
  ['deploy my service to the cluster', 'deploy.kubernetes_rollout'],
  ['where in the employee handbook is parental leave described', 'knowledge.question_answering'],
  ['summary of what we agreed on in the meeting', 'meeting.minutes'],
  ['I have to fly to London next week', 'travel.book_flight'],
  ['upgrade to the latest version of a library', 'code.dependency_upgrade'],
  ['shorten a long article', 'document.summarize'],
  ['change the structure of a postgres database', 'data.schema_migration'],
  ['fill in missing values in a data set', 'data.clean'],
  ['will our machines cope with twice the traffic', 'ops.capacity_planning'],
  ['are customers happy or angry about us on social media', 'social.sentiment_analysis'],
  ['only keep the product in the photo and drop everything behind it', 'image.background_removal'],
  ['rewrite java code in typescript', 'code.translate_language'],
  ['read this text out loud', 'audio.text_to_speech'],
  ['replace real customer names by invented ones', 'data.anonymize'],
  ['my parcel has not arrived yet', 'shipping.track_parcel'],
  ['supplier and due date of an invoice', 'invoice.extract_fields'],
  ['run a query against snowflake', 'data.sql_query'],
  ['send a message with an attachment to a customer', 'email.send'],
  ['gather data from web pages', 'data.web_scraping'],
  ['the interview recording is full of wind and traffic', 'audio.noise_reduction'],
  ['a process does not respond any more', 'ops.restart_service'],
  ['approve the travel costs of an employee', 'finance.expense_approval'],
  ['copy a table from a report into excel', 'document.table_extraction'],
  ['estimate demand for the coming season', 'data.forecast'],
  ['protect the privacy of people in a photo', 'image.face_blur'],
  ['is there a bug in my pull request', 'code.review'],
  ['describe every endpoint of the API', 'code.generate_documentation'],
  ['send a short text to a phone number', 'sms.notify'],
  ['return to the version from before the update', 'deploy.rollback'],
];

const SEED = 4;

/** The first 78 in two halves, by the seed: how it was measured the first time (docs/search.md). */
export function halves(): { first: typeof QUERIES; second: typeof QUERIES } {
  const [example, ...rest] = QUERIES;
  const random = seededRandom(SEED);
  const shuffled = rest.map((query) => ({ query, place: random() })).sort((one, other) => one.place - other.place);
  const queries = shuffled.map(({ query }) => query);
  const middle = Math.floor(queries.length / 2);
  // The seed document's own example must be found, so it is tuned for.
  return { first: [example!, ...queries.slice(0, middle)], second: queries.slice(middle) };
}

/** Uniform in 0..1, the same for the same seed (mulberry32). */
export function seededRandom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
