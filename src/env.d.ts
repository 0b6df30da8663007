/// <reference types="astro/client" />
// What a lesson's page lends to the components inside its text.

declare namespace App {
  interface Locals {
    lesson?: {
      slug: string
      exercise: import('./lessons/exercise-view.ts').ExerciseView | undefined
      files: { path: string; content: string }[]
    }
  }
}
