// What every Debian or Alpine machine has on its disk beside programs, and what the kernel adds under /proc, /sys and /dev.
import { computedFile } from '../inode.ts'
import type { MemoryFileSystem } from '../memory-file-system.ts'
import { deviceNull } from '../memory-file-system.ts'
import { Volume } from '../volume.ts'
import type { TreeParts } from './file-tree.ts'

const passwd = `root:x:0:0:root:/root:/bin/bash
daemon:x:1:1:daemon:/usr/sbin:/usr/sbin/nologin
bin:x:2:2:bin:/bin:/usr/sbin/nologin
sys:x:3:3:sys:/dev:/usr/sbin/nologin
mail:x:8:8:mail:/var/mail:/usr/sbin/nologin
www-data:x:33:33:www-data:/var/www:/usr/sbin/nologin
nobody:x:65534:65534:nobody:/nonexistent:/usr/sbin/nologin
`
const group =
  'root:x:0:\ndaemon:x:1:\nbin:x:2:\nsys:x:3:\nadm:x:4:\ntty:x:5:\nmail:x:8:\nwww-data:x:33:\nnogroup:x:65534:\n'
const protocols = 'ip\t0\tIP\nicmp\t1\tICMP\ntcp\t6\tTCP\nudp\t17\tUDP\n'
const services =
  'ssh\t22/tcp\ndomain\t53/tcp\ndomain\t53/udp\nhttp\t80/tcp\nhttps\t443/tcp\nmysql\t3306/tcp\npostgresql\t5432/tcp\n'

const directories = {
  '/dev/': '',
  '/home/': '',
  '/mnt/': '',
  '/opt/': '',
  '/proc/': '',
  '/root/': '',
  '/run/': '',
  '/srv/': '',
  '/sys/': '',
  '/tmp/': '',
  '/usr/bin/': '',
  '/usr/sbin/': '',
  '/usr/lib/': '',
  '/usr/local/bin/': '',
  '/usr/local/sbin/': '',
  '/usr/share/': '',
  '/var/cache/': '',
  '/var/lib/': '',
  '/var/log/': '',
  '/var/tmp/': '',
}

export const debianParts: TreeParts = {
  links: {
    '/bin': 'usr/bin',
    '/sbin': 'usr/sbin',
    '/lib': 'usr/lib',
    '/var/run': '/run',
    '/etc/os-release': '/usr/lib/os-release',
  },
  files: {
    ...directories,
    '/etc/debian_version': '12.12\n',
    '/etc/group': group,
    '/etc/hosts': '127.0.0.1\tlocalhost\n',
    '/etc/nsswitch.conf': 'passwd:         files\ngroup:          files\nhosts:          files dns\n',
    '/etc/passwd': passwd,
    '/etc/protocols': protocols,
    '/etc/services': services,
    '/root/.bashrc': '# ~/.bashrc: executed by bash for non-login shells.\n',
    '/usr/lib/os-release':
      'PRETTY_NAME="Debian GNU/Linux 12 (bookworm)"\nNAME="Debian GNU/Linux"\nVERSION_ID="12"\n' +
      'VERSION="12 (bookworm)"\nVERSION_CODENAME=bookworm\nID=debian\nHOME_URL="https://www.debian.org/"\n',
  },
}

export const alpineParts: TreeParts = {
  links: { '/bin': 'usr/bin', '/sbin': 'usr/sbin', '/var/run': '/run' },
  files: {
    ...directories,
    '/etc/alpine-release': '3.22.2\n',
    '/etc/group': group,
    '/etc/hosts': '127.0.0.1\tlocalhost\n',
    '/etc/os-release':
      'NAME="Alpine Linux"\nID=alpine\nVERSION_ID=3.22.2\nPRETTY_NAME="Alpine Linux v3.22"\n',
    '/etc/passwd': passwd.replaceAll('/bin/bash', '/bin/sh'),
    '/etc/services': services,
  },
}

/** Images without a distribution still get the directories that the runtime mounts onto. */
export const scratchParts: TreeParts = {
  links: { '/var/run': '/run' },
  files: { '/dev/': '', '/etc/': '', '/proc/': '', '/run/': '', '/sys/': '', '/tmp/': '', '/var/': '' },
}

/** Linux' own files that do not depend on the network; network/proc.ts, where there is one, adds /proc/net and /proc/sys/net. */
export function mountKernelFiles(
  files: MemoryFileSystem,
  machine: { hostname: string; bootedAt: number },
  now: () => number,
): void {
  for (const path of ['/dev', '/proc', '/sys']) files.mount({ path, volume: new Volume() })
  files.graft('/dev/null', deviceNull())
  files.graft('/dev/tty', deviceNull())
  files.graft(
    '/proc/version',
    computedFile(() => 'Linux version 6.12.0 (simulated by Fairlead) #1 SMP\n'),
  )
  files.graft(
    '/proc/uptime',
    computedFile(() => {
      const seconds = ((now() - machine.bootedAt) / 1000).toFixed(2)
      return `${seconds} ${seconds}\n`
    }),
  )
  files.graft(
    '/proc/sys/kernel/hostname',
    computedFile(() => `${machine.hostname}\n`),
  )
}
