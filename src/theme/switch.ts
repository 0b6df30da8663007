// The switch between light and dark. It remembers a choice only while it differs from the system's.

const key = 'fairlead-theme'

export function wireThemeSwitch(): void {
  const system = matchMedia('(prefers-color-scheme: dark)')
  const isDark = (): boolean => {
    const chosen = document.documentElement.dataset.theme
    return chosen === undefined ? system.matches : chosen === 'dark'
  }
  for (const button of document.querySelectorAll<HTMLButtonElement>('[data-theme-switch]')) {
    button.hidden = false
    const label = (): void => {
      button.setAttribute('aria-label', isDark() ? 'Light theme' : 'Dark theme')
    }
    label()
    system.addEventListener('change', label)
    button.addEventListener('click', () => {
      const dark = !isDark()
      if (dark === system.matches) delete document.documentElement.dataset.theme
      else document.documentElement.dataset.theme = dark ? 'dark' : 'light'
      label()
      try {
        if (dark === system.matches) localStorage.removeItem(key)
        else localStorage.setItem(key, dark ? 'dark' : 'light')
      } catch {
        // Storage is switched off: the choice lasts as long as the page.
      }
    })
  }
}
