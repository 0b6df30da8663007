// curl -w. Source: curl 7.88.1, src/tool_writeout.c.

/** What is known about a transfer when it ended. Times are seconds since its start. */
export interface TransferFacts {
  url: string
  urlEffective: string
  method: string
  httpCode: number
  httpVersion: string
  contentType: string | undefined
  scheme: string
  remoteIp: string
  remotePort: number
  localIp: string
  localPort: number
  connects: number
  redirects: number
  redirectUrl: string
  sizeDownload: number
  sizeUpload: number
  sizeHeader: number
  sizeRequest: number
  headerCount: number
  timeNameLookup: number
  timeConnect: number
  timePreTransfer: number
  timeStartTransfer: number
  timeRedirect: number
  timeTotal: number
  exitCode: number
  errorMessage: string
  fileName: string
  urlNumber: number
  retries: number
  headers: readonly (readonly [string, string])[]
}

const seconds = (value: number) => value.toFixed(6)

const variables: Readonly<Record<string, (facts: TransferFacts) => string | number>> = {
  content_type: (f) => f.contentType ?? '',
  errormsg: (f) => f.errorMessage,
  exitcode: (f) => f.exitCode,
  filename_effective: (f) => f.fileName,
  http_code: (f) => String(f.httpCode).padStart(3, '0'),
  response_code: (f) => String(f.httpCode).padStart(3, '0'),
  http_connect: () => '000',
  http_version: (f) => f.httpVersion,
  local_ip: (f) => f.localIp,
  local_port: (f) => f.localPort,
  method: (f) => f.method,
  num_connects: (f) => f.connects,
  num_headers: (f) => f.headerCount,
  num_redirects: (f) => f.redirects,
  redirect_url: (f) => f.redirectUrl,
  remote_ip: (f) => f.remoteIp,
  remote_port: (f) => f.remotePort,
  scheme: (f) => f.scheme.toUpperCase(),
  size_download: (f) => f.sizeDownload,
  size_header: (f) => f.sizeHeader,
  size_request: (f) => f.sizeRequest,
  size_upload: (f) => f.sizeUpload,
  speed_download: (f) => (f.timeTotal > 0 ? Math.floor(f.sizeDownload / f.timeTotal) : 0),
  speed_upload: (f) => (f.timeTotal > 0 ? Math.floor(f.sizeUpload / f.timeTotal) : 0),
  ssl_verify_result: () => 0,
  time_appconnect: () => seconds(0),
  time_connect: (f) => seconds(f.timeConnect),
  time_namelookup: (f) => seconds(f.timeNameLookup),
  time_pretransfer: (f) => seconds(f.timePreTransfer),
  time_redirect: (f) => seconds(f.timeRedirect),
  time_starttransfer: (f) => seconds(f.timeStartTransfer),
  time_total: (f) => seconds(f.timeTotal),
  url: (f) => f.url,
  url_effective: (f) => f.urlEffective,
  urlnum: (f) => f.urlNumber,
}

/** The text for stdout and, after %{stderr}, for stderr. */
export function writeOut(format: string, facts: TransferFacts): { stdout: string; stderr: string } {
  const output = { stdout: '', stderr: '' }
  let to: 'stdout' | 'stderr' = 'stdout'
  const pattern = /%%|%\{([^}]*)\}|%header\{([^}]*)\}|\\([nrt])|([^%\\]+)|([\s\S])/g
  for (const [whole, variable, header, letter] of format.matchAll(pattern)) {
    if (whole === '%%') output[to] += '%'
    else if (variable !== undefined) {
      if (variable === 'stderr' || variable === 'stdout') to = variable
      else if (variable === 'json') output[to] += factsAsJson(facts)
      else if (variable === 'header_json') output[to] += headersAsJson(facts)
      else if (variable === 'onerror') {
        if (facts.exitCode === 0) return output
      } else {
        const value = variables[variable]
        if (value) output[to] += value(facts)
        else output.stderr += `curl: unknown --write-out variable: '${variable}'\n`
      }
    } else if (header !== undefined)
      output[to] += facts.headers.find(([name]) => name.toLowerCase() === header.toLowerCase())?.[1] ?? ''
    else if (letter !== undefined) output[to] += { n: '\n', r: '\r', t: '\t' }[letter] ?? ''
    else output[to] += whole
  }
  return output
}

function factsAsJson(facts: TransferFacts): string {
  const fields: Record<string, unknown> = {}
  for (const [name, value] of Object.entries(variables)) {
    const text = value(facts)
    fields[name] =
      /^\d+(\.\d+)?$/.test(String(text)) && !/ip$|version|scheme/.test(name) ? Number(text) : text
  }
  fields.curl_version = 'libcurl/7.88.1'
  return JSON.stringify(fields)
}

function headersAsJson(facts: TransferFacts): string {
  const fields: Record<string, string[]> = {}
  for (const [name, value] of facts.headers)
    fields[name.toLowerCase()] = [...(fields[name.toLowerCase()] ?? []), value]
  return JSON.stringify(fields)
}
