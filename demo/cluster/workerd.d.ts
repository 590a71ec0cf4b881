/** The package has no types. As CommonJS, it comes to an ES module in one piece. */
declare module 'workerd' {
  const workerd: {
    /** The path of the program. */
    readonly default: string
  }
  export default workerd
}
