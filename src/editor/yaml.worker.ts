// The YAML language server, in a worker of our own origin.
import 'monaco-yaml/yaml.worker'
