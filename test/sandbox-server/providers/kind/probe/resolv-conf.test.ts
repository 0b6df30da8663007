// Expectations: resolv.conf(5), hosts(5), and what the kubelet writes.
import { describe, expect, it } from 'vitest'
import {
  addressesInHosts,
  candidates,
  parseResolvConf,
} from '../../../../../sandbox-server/providers/kind/probe/resolv-conf.ts'

describe('resolv.conf', () => {
  it('of a pod gives the search list and five dots', () => {
    const text = `search demo.svc.cluster.local svc.cluster.local cluster.local
nameserver 10.96.0.10
options ndots:5
`
    expect(parseResolvConf(text)).toEqual({
      nameservers: ['10.96.0.10'],
      search: ['demo.svc.cluster.local', 'svc.cluster.local', 'cluster.local'],
      ndots: 5,
      timeoutMs: 5000,
      attempts: 2,
    })
  })

  it('that says nothing means this machine', () => {
    const nothing = { nameservers: ['127.0.0.1'], search: [], ndots: 1, timeoutMs: 5000, attempts: 2 }
    expect(parseResolvConf('')).toEqual(nothing)
    expect(parseResolvConf('# nameserver 10.0.0.1\noptions ndots: timeout:x\nnameserver name\n')).toEqual(
      nothing,
    )
  })

  it('keeps three servers, the last search line, and limits as glibc does', () => {
    const text = `nameserver 10.0.0.1 ; first
nameserver 10.0.0.2
nameserver fd00::3
nameserver 10.0.0.4
domain old.example
search a.example. b.example
options timeout:99 attempts:9 ndots:99 rotate`
    expect(parseResolvConf(text)).toEqual({
      nameservers: ['10.0.0.1', '10.0.0.2', 'fd00::3'],
      search: ['a.example', 'b.example'],
      ndots: 15,
      timeoutMs: 30_000,
      attempts: 5,
    })
  })
})

describe('the names to ask for', () => {
  const conf = { search: ['demo.svc.cluster.local', 'cluster.local'], ndots: 5 }
  it.each([
    ['web', ['web.demo.svc.cluster.local', 'web.cluster.local', 'web']],
    ['a.b.c.d.e.f', ['a.b.c.d.e.f', 'a.b.c.d.e.f.demo.svc.cluster.local', 'a.b.c.d.e.f.cluster.local']],
    ['web.', ['web']],
  ])('for %s', (name, names) => {
    expect(candidates(name, conf)).toEqual(names)
  })
})

describe('/etc/hosts', () => {
  it('gives every address of a name, without regard to case', () => {
    const text = '127.0.0.1 localhost\n10.0.0.7\tWeb web.example # mine\n::1 localhost\nfoo web\n'
    expect(addressesInHosts(text, 'localhost')).toEqual(['127.0.0.1', '::1'])
    expect(addressesInHosts(text, 'WEB.')).toEqual(['10.0.0.7'])
    expect(addressesInHosts(text, 'mine')).toEqual([])
  })
})
