// nft(8) says plainly that nftables is not simulated, and where the rules are.
import type { Program } from '../../node/process.ts'

export const nft: Program = async (process) => {
  if (process.argv.includes('--version') || process.argv.includes('-v')) {
    await process.stdout.write('nftables v1.1.3 (not simulated)\n')
    return 0
  }
  await process.stderr.write(
    'nft: nftables is not simulated here. kube-proxy runs in iptables mode and the CNI plugin writes iptables rules: see iptables-save.\n',
  )
  return 1
}
