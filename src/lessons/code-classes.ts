// Shiki colours tokens by style attributes; a strict Content-Security-Policy wants classes. This turns one into the other.

interface Element {
  properties: Record<string, unknown>
}

const variable = /--astro-code-(?:token-)?([a-z-]+)/

function toClass(element: Element, prefix: string): void {
  const style = element.properties.style
  if (typeof style !== 'string') return
  delete element.properties.style
  const name = variable.exec(style)?.[1]
  if (name !== undefined && name !== 'foreground') element.properties.class = `${prefix}${name}`
}

export const classesForTokens = {
  name: 'fairlead:classes-for-tokens',
  pre(node: Element): void {
    delete node.properties.style
  },
  span(node: Element): void {
    toClass(node, 'code-')
  },
}
