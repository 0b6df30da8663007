// Where the server answers. The only file of the site that spells its paths.

const api = '/api/v1'
const lesson = (slug: string): string => `${api}/lessons/${slug}`

export const routes = {
  progress: `${api}/progress`,
  sandbox: (slug: string) => `${lesson(slug)}/sandbox`,
  socket: (slug: string) => `${lesson(slug)}/socket`,
  clusters: (slug: string) => `${lesson(slug)}/clusters`,
  answer: (slug: string, id: string) => `${lesson(slug)}/answers/${id}`,
  attempts: (slug: string) => `${lesson(slug)}/attempts`,
  solution: (slug: string) => `${lesson(slug)}/solution`,
  kubeconfig: (slug: string) => `${lesson(slug)}/kubeconfig`,
  zip: (slug: string) => `${lesson(slug)}/files.zip`,
}
