// Stands in for node:zlib where the simulator is bundled for a browser: just-bash's browser bundle imports it for gzip, gunzip and
// zcat, which the shell does not offer. Bundlers are told by an alias.

export const constants = {}

export function gzipSync(): never {
  throw new Error('there is no compression in this shell')
}

export const gunzipSync = gzipSync
