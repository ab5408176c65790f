export { textOf, type SearchableText } from './capability-text';
export type { Embedder, LocalEmbedder, RemoteEmbedder, Vector, Vectors } from './embedder';
export { EmbedderError, httpEmbedder, type HttpEmbedderOptions } from './http.embedder';
export { SearchIndex, type Hit, type SearchFor } from './search-index';
export { wordVectorEmbedder } from './word-vector.embedder';
export { readWordVectors, type WordVectors } from './word-vectors';
