// The components that every lesson may use without importing them.
import Aside from './Aside.astro'
import Exercise from './Exercise.astro'
import Figure from './Figure.astro'
import Note from './Note.astro'
import Predict from './Predict.astro'
import Quiz from './Quiz.astro'
import Run from './Run.astro'

export const lessonComponents = { Aside, Exercise, Figure, Note, Predict, Quiz, Run }
