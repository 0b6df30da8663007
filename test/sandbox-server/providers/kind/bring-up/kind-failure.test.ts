import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { AppError } from '../../../../../sandbox-server/contract/errors.ts'
import {
  endOf,
  isPassing,
  kindFailure,
} from '../../../../../sandbox-server/providers/kind/bring-up/kind-failure.ts'

/** What kind v0.33 printed and what the node complained of, each from a cluster that was made to fail so. */
const fixture = (name: string) => readFileSync(join(import.meta.dirname, 'fixtures', `${name}.log`), 'utf8')

describe('kindFailure', () => {
  it.each([
    ['disk-full', 'The disk of this machine is full.'],
    ['port-taken', 'A port that the cluster was to listen on was taken by another program meanwhile.'],
    ['image-missing', 'The node image is not on this machine and cannot be pulled.'],
    [
      'no-node-image',
      'The node container does not start as a Kubernetes node: its image is no node image, or its systemd cannot run here.',
    ],
    ['processes', 'The node may not start enough processes.'],
    ['feature-gate', 'This version of Kubernetes does not know a feature gate that the lesson asks for.'],
    ['cgroup-v1', 'The kubelet does not get along with the control groups of this machine.'],
  ])('understands %s', (name, message) => {
    const error = kindFailure(fixture(name))
    expect([error.code, error.message]).toEqual(['PROVIDER_FAILED', message])
    expect(error.hint).toMatch(/\.$/)
  })

  /** In the words of kind's own list of known issues (https://kind.sigs.k8s.io/docs/user/known-issues/) and of the kubelet. */
  it.each([
    ['Failed to create control group inotify object: Too many open files', /inotify/],
    ['failed to create fsnotify watcher: too many open files', /inotify/],
    ['[kubelet-check] The kubelet is not healthy after 4m0.000317246s', /kubelet/],
    ['The kernel ended 3 of its processes: out of memory.', /memory/i],
    ['error: timed out waiting for the condition', /in time/],
    [
      'Cannot connect to the Docker daemon at unix:///var/run/docker.sock. Is the docker daemon running?',
      /engine/,
    ],
  ])('understands "%s"', (said, message) => {
    expect(kindFailure('ERROR: failed to create cluster: failed to init node', said).message).toMatch(message)
  })

  it('takes a warning that is always there for no reason', () => {
    const output = [
      'cgroup v1 is deprecated in Kubernetes and will not be supported in a future kind release',
      '[kubelet-check] Waiting for a healthy kubelet at http://127.0.0.1:10248/healthz. This can take up to 4m0s',
      'ERROR: failed to create cluster: failed to copy kubeadm config to node: something new',
    ]
    expect(kindFailure(output.join('\n'))).toMatchObject({
      message: 'kind could not make the cluster: failed to copy kubeadm config to node: something new.',
      hint: 'The log tells what it was doing. Try again; if it fails again, run fairlead doctor.',
    })
  })

  it('keeps the end of both logs in 32 KiB, without kubeadm’s requests', () => {
    const request = 'I1128 09:42:33.9 217 round_trippers.go:632] "Response" verb="POST"\n'
    const { log = '' } = kindFailure(
      `${request.repeat(100)}${'ü'.repeat(50_000)}\nkind's end\n`,
      'the node’s end',
    )
    expect(Buffer.byteLength(log)).toBeLessThanOrEqual(32 * 1024)
    expect(log).toContain("kind's end\n\nthe node’s end")
    expect(log).not.toContain('round_trippers')
  })
})

describe('isPassing', () => {
  it('says which failure is worth another try at once', () => {
    expect(isPassing(kindFailure(fixture('port-taken')))).toBe(true)
    expect(isPassing(kindFailure(fixture('disk-full')))).toBe(false)
    expect(isPassing(new AppError('INTERNAL', 'x'))).toBe(false)
  })
})

describe('endOf', () => {
  it('begins at a whole line', () => {
    expect(endOf('first\nsecond\nthird\n', 14)).toBe('second\nthird\n'.slice(-13))
    expect(endOf('short', 14)).toBe('short')
  })
})
