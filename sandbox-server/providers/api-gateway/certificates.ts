// A certificate authority that is kept for as long as the data directory, and server certificates that it signs at every start.
import 'reflect-metadata'
import { isIP } from 'node:net'
import * as x509 from '@peculiar/x509'

/** PEM. */
export interface CertifiedKey {
  readonly certificate: string
  readonly key: string
}

type PrivateKey = Awaited<ReturnType<typeof crypto.subtle.importKey>>

const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' } as const
const day = 86_400_000

x509.cryptoProvider.set(crypto)

export async function makeAuthority(): Promise<CertifiedKey> {
  const keys = await crypto.subtle.generateKey(algorithm, true, ['sign', 'verify'])
  const authority = await x509.X509CertificateGenerator.createSelfSigned({
    serialNumber: serial(),
    name: 'CN=fairlead clusters',
    ...validFor(3650),
    signingAlgorithm: algorithm,
    keys,
    extensions: [
      new x509.BasicConstraintsExtension(true, undefined, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.keyCertSign | x509.KeyUsageFlags.cRLSign, true),
      await x509.SubjectKeyIdentifierExtension.create(keys.publicKey),
    ],
  })
  return { certificate: authority.toString('pem'), key: await encodeKey(keys.privateKey) }
}

/** `names` are DNS names and addresses that the server answers to. Throws where the authority is no PEM of such a pair. */
export async function makeServerCertificate(
  authority: CertifiedKey,
  names: readonly string[],
): Promise<CertifiedKey> {
  const issuer = new x509.X509Certificate(authority.certificate)
  const signingKey = await decodeKey(authority.key)
  const keys = await crypto.subtle.generateKey(algorithm, true, ['sign', 'verify'])
  const server = await x509.X509CertificateGenerator.create({
    serialNumber: serial(),
    subject: 'CN=fairlead',
    issuer: issuer.subject,
    ...validFor(365),
    signingAlgorithm: algorithm,
    publicKey: keys.publicKey,
    signingKey,
    extensions: [
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature, true),
      new x509.ExtendedKeyUsageExtension([x509.ExtendedKeyUsage.serverAuth]),
      new x509.SubjectAlternativeNameExtension(
        names.map((value) => ({ type: isIP(value) ? ('ip' as const) : ('dns' as const), value })),
      ),
      await x509.AuthorityKeyIdentifierExtension.create(issuer),
    ],
  })
  return { certificate: server.toString('pem'), key: await encodeKey(keys.privateKey) }
}

/** From yesterday on, since clocks of learners' machines differ. */
function validFor(days: number): { notBefore: Date; notAfter: Date } {
  return { notBefore: new Date(Date.now() - day), notAfter: new Date(Date.now() + days * day) }
}

async function encodeKey(key: PrivateKey): Promise<string> {
  return x509.PemConverter.encode(await crypto.subtle.exportKey('pkcs8', key), 'PRIVATE KEY')
}

async function decodeKey(pem: string): Promise<PrivateKey> {
  return await crypto.subtle.importKey('pkcs8', x509.PemConverter.decodeFirst(pem), algorithm, false, [
    'sign',
  ])
}

function serial(): string {
  return `01${Buffer.from(crypto.getRandomValues(new Uint8Array(15))).toString('hex')}`
}
