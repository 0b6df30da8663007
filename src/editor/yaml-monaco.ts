// monaco-yaml 5 asks monaco to make its worker, which monaco-editor 0.57 no longer does: it wants the worker itself.
// This hands monaco-yaml a monaco whose createWebWorker makes the YAML worker and starts it the way it expects.
import type * as Monaco from 'monaco-editor/editor'
import YamlWorker from './yaml.worker.ts?worker'

interface OldOptions {
  createData?: unknown
  host?: Record<string, (...args: unknown[]) => unknown>
  keepIdleModels?: boolean
}

export function createYamlMonaco(monaco: typeof Monaco): typeof Monaco {
  const createWebWorker = (options: OldOptions) => {
    const worker = new YamlWorker()
    // The first message only wakes the worker's module; the second is what it is made from.
    worker.postMessage('ignore')
    worker.postMessage(options.createData)
    return monaco.editor.createWebWorker({
      worker,
      ...(options.host === undefined ? {} : { host: options.host }),
      ...(options.keepIdleModels === undefined ? {} : { keepIdleModels: options.keepIdleModels }),
    })
  }
  const editor = new Proxy(monaco.editor, {
    get: (target, name) => (name === 'createWebWorker' ? createWebWorker : Reflect.get(target, name)),
  })
  return new Proxy(monaco, {
    get: (target, name) => (name === 'editor' ? editor : Reflect.get(target, name)),
  })
}
