import { describe, expect, it } from 'vitest'
import { publicAddress } from '../../../../sandbox-server/providers/api-gateway/public-address.ts'

const machine = { addresses: ['192.168.1.7', '10.201.0.1', 'fd00::7'], name: 'teacher' }

describe('the address in a kubeconfig', () => {
  it.each([
    ['what the gateway listens on', { host: '127.0.0.1' }, 'https://127.0.0.1:4781'],
    ['an IPv6 address in brackets', { host: '::1' }, 'https://[::1]:4781'],
    ["this machine's own, where it listens on all", { host: '0.0.0.0' }, 'https://192.168.1.7:4781'],
    [
      'the host of the public URL, with its own port',
      { host: '0.0.0.0', publicUrl: 'https://learn.example.com/' },
      'https://learn.example.com:4781',
    ],
    [
      'the address that the operator says',
      { host: '0.0.0.0', publicUrl: 'https://learn.example.com', apiUrl: 'https://api.example.com:6443' },
      'https://api.example.com:6443',
    ],
    [
      'the usual port of HTTPS',
      { host: '0.0.0.0', apiUrl: 'https://api.example.com' },
      'https://api.example.com:443',
    ],
  ])('is %s', (_, options, url) => {
    expect(publicAddress(options, machine).url(4781)).toBe(url)
  })

  it('is in the certificate, with every name by which the gateway can be reached', () => {
    expect(publicAddress({ host: '0.0.0.0', publicUrl: 'https://learn.example.com' }, machine).names).toEqual(
      ['learn.example.com', '192.168.1.7', '10.201.0.1', 'fd00::7', 'teacher', 'localhost', '127.0.0.1'],
    )
  })
})
