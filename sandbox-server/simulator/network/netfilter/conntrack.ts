export interface Flow {
  mark: number
}
