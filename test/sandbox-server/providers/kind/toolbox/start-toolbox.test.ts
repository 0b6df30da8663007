import { describe, expect, it } from 'vitest'
import { toolboxArguments } from '../../../../../sandbox-server/providers/kind/toolbox/start-toolbox.ts'

const record = {
  name: 'fairlead-s-x',
  network: { name: 'fairlead-s-x', subnet: '10.201.7.0/24' },
  nodes: [
    { name: 'fairlead-control-plane', container: 'fairlead-s-x-control-plane', address: '10.201.7.2' },
    { name: 'fairlead-worker', container: 'fairlead-s-x-worker', address: '10.201.7.3' },
    { name: 'fairlead-worker2', container: 'fairlead-s-x-worker2', address: '10.201.7.4' },
  ],
  toolbox: { container: 'fairlead-s-x-toolbox', address: '10.201.7.100' },
}
const options = {
  record,
  server: 's',
  image: 'fairlead/toolbox:1',
  limits: { memoryMb: 512, cpus: 1, pids: 256 },
}

describe('toolbox', () => {
  it('is a container without rights, with limits, labels and the addresses that lessons use', () => {
    expect(toolboxArguments({ name: 'docker' }, options)).toMatchInlineSnapshot(`
      [
        "run",
        "--detach",
        "--name",
        "fairlead-s-x-toolbox",
        "--hostname",
        "terminal",
        "--network",
        "fairlead-s-x",
        "--ip",
        "10.201.7.100",
        "--add-host",
        "fairlead-control-plane:10.201.7.2",
        "--add-host",
        "fairlead-worker:10.201.7.3",
        "--add-host",
        "fairlead-worker2:10.201.7.4",
        "--label",
        "dev.fairlead.server=s",
        "--label",
        "dev.fairlead.cluster=fairlead-s-x",
        "--label",
        "dev.fairlead.role=toolbox",
        "--user",
        "1000:1000",
        "--cap-drop",
        "ALL",
        "--cap-add",
        "NET_RAW",
        "--read-only",
        "--tmpfs",
        "/home/learner:rw,nosuid,nodev,size=64m,nr_inodes=8192,exec,uid=1000,gid=1000,mode=0755",
        "--tmpfs",
        "/tmp:rw,nosuid,nodev,size=64m,nr_inodes=8192,noexec,mode=1777",
        "--shm-size",
        "1m",
        "--memory",
        "512m",
        "--memory-swap",
        "512m",
        "--cpus",
        "1",
        "--pids-limit",
        "256",
        "--ulimit",
        "nofile=1024:1024",
        "--ulimit",
        "core=0:0",
        "--log-driver",
        "none",
        "--restart",
        "unless-stopped",
        "--stop-timeout",
        "1",
        "--env",
        "CP=10.201.7.2",
        "--env",
        "W=10.201.7.3",
        "--env",
        "W2=10.201.7.4",
        "--env",
        "OUT=10.201.7.100",
        "fairlead/toolbox:1",
      ]
    `)
  })

  it('has the node shells’ socket only where it is given one, and no nr_inodes with podman', () => {
    const args = toolboxArguments({ name: 'podman' }, { ...options, nodeShellFolder: '/data/s' })
    expect(args).toContain('type=bind,source=/data/s,target=/run/fairlead/node-shell,readonly')
    expect(args.join(' ')).not.toContain('nr_inodes')
  })
})
