// Runs before the first paint: a theme that the reader chose wins over the system's, without a flash of the other.
;(() => {
  try {
    const chosen = localStorage.getItem('fairlead-theme')
    if (chosen === 'light' || chosen === 'dark') document.documentElement.dataset.theme = chosen
  } catch {
    // Storage can be switched off; then the system's theme is right.
  }
  document.documentElement.classList.add('scripted')
})()
