// Names for the syntax tree that just-bash's parser gives (its ast/types.d.ts), of which the package exports only a part.
import type {
  CommandNode,
  PipelineNode,
  ScriptNode,
  SimpleCommandNode,
  StatementNode,
  WordNode,
} from 'just-bash'

export type { CommandNode, PipelineNode, ScriptNode, SimpleCommandNode, StatementNode, WordNode }
export type WordPart = WordNode['parts'][number]
export type PartOf<T extends WordPart['type']> = Extract<WordPart, { type: T }>
export type CommandOf<T extends CommandNode['type']> = Extract<CommandNode, { type: T }>
export type Assignment = SimpleCommandNode['assignments'][number]
export type Redirection = SimpleCommandNode['redirections'][number]
export type ParameterOperation = NonNullable<PartOf<'ParameterExpansion'>['operation']>
export type ArithmeticExpression = PartOf<'ArithmeticExpansion'>['expression']
export type Arithmetic = ArithmeticExpression['expression']
export type Conditional = CommandOf<'ConditionalCommand'>['expression']
