// What lies over the page as a whole: the news and the dialogs. Outside of the workbench, which a phone hides while one reads.
import { ClusterChoiceDialog } from './ClusterChoice.tsx'
import { ConfirmDialog } from './confirm.tsx'
import { HelpDialog } from './HelpDialog.tsx'
import { News } from './News.tsx'

export function Overlays() {
  return (
    <>
      <News />
      <ClusterChoiceDialog />
      <ConfirmDialog />
      <HelpDialog />
    </>
  )
}
